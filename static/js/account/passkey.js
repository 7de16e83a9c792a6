// A passkey is asked: for a new one, or for its answer to a challenge. The form that the button
// stands in carries the answer; what is asked comes with the page.
import { gettext } from "gettext";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

function base64url(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(letters.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

/** The server's JSON as browsers want it: bytes where it has base64url. */
function asked() {
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  options.allowCredentials = known(options.allowCredentials);
  options.excludeCredentials = known(options.excludeCredentials);
  return { publicKey: options };
}

/** What the key answered, as JSON again. */
function told({ id, rawId, type, response }) {
  const answer = { clientDataJSON: base64url(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature"]) {
    if (response[part]) answer[part] = base64url(response[part]);
  }
  return JSON.stringify({ id, rawId: base64url(rawId), type, response: answer });
}

function inWords({ name }) {
  if (name === "InvalidStateError") return gettext("这把密钥已经添加过了。");
  if (name === "NotAllowedError") return gettext("没有完成。请再点一次，按提示验证指纹、面容或碰一下安全钥匙。");
  return gettext("这台设备上用不了通行密钥，请换一种方式。");
}

async function use(button) {
  const { form } = button;
  const said = form.querySelector("[data-passkey-said]");
  if (!form.reportValidity()) return;
  said.hidden = true;
  button.disabled = true;
  try {
    const key = await navigator.credentials[button.dataset.passkey](asked());
    form.querySelector("[data-passkey-answer]").value = told(key);
    form.submit();
  } catch (problem) {
    said.textContent = inWords(problem);
    said.hidden = false;
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (window.PublicKeyCredential) button.addEventListener("click", () => use(button));
  else {
    const said = button.form.querySelector("[data-passkey-said]");
    said.textContent = inWords({});
    said.hidden = false;
    button.hidden = true;
  }
}
