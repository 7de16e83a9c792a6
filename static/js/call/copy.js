// 复制 and 系统分享. Where the browser gives no clipboard (a WebView without the permission, http),
// the text is left selected, to be copied by hand.
import { gettext } from "gettext";

function say(within, text) {
  const line = within.querySelector("[data-copy-said]");
  if (line) line.textContent = text;
}

/** As browsers copied before they had a clipboard; works without https. */
function copyAsCommand(text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  field.setSelectionRange(0, text.length);
  const done = document.execCommand("copy");
  field.remove();
  if (focused && focused.isConnected) focused.focus({ preventScroll: true });
  return done;
}

async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed here: the older way below may be.
    }
  }
  return copyAsCommand(text);
}

async function copyFrom(source, within) {
  if (await copy(source.textContent.trim())) {
    say(within, gettext("已复制。"));
    return;
  }
  getSelection().selectAllChildren(source);
  say(within, gettext("这部手机不让网页复制。文字已选中，请长按复制。"));
}

function begin(within) {
  const now = within.querySelector("[data-copy-now]");
  if (now) copyFrom(now, within);
  for (const button of within.querySelectorAll("[data-send]")) button.hidden = !navigator.share;
}

const sheetOf = (element) => element.closest("#sheet") ?? document.body;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copyFrom(document.getElementById(button.dataset.copy), sheetOf(button));
  const send = event.target.closest("[data-send]");
  // Put away without sending is no error.
  if (send) navigator.share({ url: send.dataset.send, title: send.dataset.title }).catch(() => {});
});

document.body.addEventListener("htmx:afterSettle", (event) => begin(event.detail.target));
begin(document.body);
