// The address of the page carries what it shows: filter, view, and what is open.

const config = JSON.parse(document.getElementById("map-config").textContent);
const PARAMETERS = config.parameters;

/** The present parameters. */
export const current = () => new URLSearchParams(location.search);

/** The part of the address that is a lead filter, in a fixed order (tiles are cached by it). */
export function filterQuery() {
  const now = current();
  const filter = new URLSearchParams();
  for (const name of PARAMETERS) for (const value of now.getAll(name).sort()) filter.append(name, value);
  return filter.toString();
}

/** The view of the address, {z, lat, lon} in WGS-84, or null. */
export function view() {
  const now = current();
  const [z, lat, lon] = ["z", "lat", "lon"].map((name) => Number.parseFloat(now.get(name)));
  const sound = [z, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return sound ? { z: Math.round(z), lat, lon } : null;
}

/** What the address says is open: {kind: "lead"|"village", id} or null. */
export function opened() {
  const [kind, id] = (current().get("open") ?? "").split(":");
  const sound = kind === "lead" ? /^\d+$/.test(id) : kind === "village" && /^[\d-]{6,16}$/.test(id);
  return sound ? { kind, id } : null;
}

/** The map moved: the address follows, without a step in the history. */
export function followView(z, lat, lon) {
  const next = current();
  next.set("z", z);
  next.set("lat", lat.toFixed(5));
  next.set("lon", lon.toFixed(5));
  write(next, false);
}

/** Another filter is a step that the back button undoes. */
export function setFilter(filter) {
  const next = current();
  for (const name of PARAMETERS) next.delete(name);
  for (const [name, value] of filter) if (value !== "") next.append(name, value);
  if (next.toString() !== current().toString()) write(next, true);
}

/** Opening something is a step too; `null` closes. */
export function setOpened(key, step = true) {
  const next = current();
  if (key) next.set("open", key);
  else next.delete("open");
  if (next.toString() !== current().toString()) write(next, step);
}

/** How many steps the sheet has taken since the page was loaded. */
export const depth = () => history.state?.depth ?? 0;

function write(parameters, step) {
  const query = parameters.toString().replaceAll("%3A", ":");
  const url = location.pathname + (query ? `?${query}` : "");
  if (step) history.pushState({ depth: depth() + 1 }, "", url);
  else history.replaceState(history.state, "", url);
}

export { config };
