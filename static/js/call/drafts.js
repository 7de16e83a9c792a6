// Half-filled outcomes, kept on this phone until the server has them, also when the phone ends
// the browser in the middle of a call. Codes, opaque ids and the time, never text; after two days,
// or when somebody else logs in here, they are gone.

const PREFIX = "draft:";
const LIFETIME = 48 * 60 * 60 * 1000; // ms
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const owner = document.body.dataset.staff ?? "";

/** The draft of one outcome, or null. A phone may forbid storage: then nothing is kept. */
export function kept(uuid) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + uuid));
    const fresh = draft.by === owner && Date.now() - draft.at < LIFETIME;
    return fresh && Array.isArray(draft.codes) ? draft : null;
  } catch {
    return null;
  }
}

/** Keep `codes` ([name, value] pairs). `lead` is given when the server knows nothing of it yet. */
export function keep(uuid, { codes, lead = "", text = false }) {
  if (!owner) return;
  try {
    localStorage.setItem(PREFIX + uuid, JSON.stringify({ by: owner, at: Date.now(), codes, lead, text }));
  } catch { /* full or forbidden: the form itself is still there */ }
}

export function forget(uuid) {
  try {
    localStorage.removeItem(PREFIX + uuid);
  } catch { /* forbidden: nothing was kept */ }
}

function uuids() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/** Drafts only this phone knows of, as {uuid, lead}, the newest first. */
export function unknownToServer() {
  return uuids()
    .map((uuid) => ({ uuid, ...kept(uuid) }))
    .filter(({ uuid, lead }) => UUID.test(uuid) && /^\d+$/.test(lead ?? ""))
    .sort((one, other) => other.at - one.at);
}

/** Forget drafts of attempts that have their outcome: those the server knows, and waits for no more. */
export function forgetAllBut(waiting) {
  for (const uuid of uuids()) if (!kept(uuid)?.lead && !waiting.has(uuid)) forget(uuid);
}

if (owner) {
  for (const uuid of uuids()) if (!kept(uuid)) forget(uuid);
}
