// What every page has: toasts that go away, and errors of htmx requests said in words.

import "call/drafts"; // whoever logs in on this phone finds nobody else's drafts
import { gettext } from "gettext";
import { lost } from "network";

document.documentElement.classList.add("js");

const toasts = document.querySelector("[data-toasts]");

/** Show one sentence for a few seconds; kind is "success", "error" or "info". */
export function toast(text, kind = "info") {
  const line = document.createElement("p");
  line.className = `toast ${kind}`;
  line.textContent = text;
  toasts.append(line);
  setTimeout(() => line.remove(), kind === "error" ? 8000 : 4000);
}

for (const line of toasts.children) setTimeout(() => line.remove(), 6000);

/** To the login page, and from there back to where the work was: the open sheet, or this page. */
function logInAgain() {
  const open = document.querySelector("form[data-resume]")?.dataset.resume;
  const next = open ?? location.pathname + location.search + location.hash;
  location.assign(`/login/?next=${encodeURIComponent(next)}`);
}

/** The outcome sheet says itself that it is not saved, and sends again. */
const saysItself = (event) => event.detail.elt.matches("form[data-outcome]");

/** Nothing was to be kept: a search, or a question too long for an address, is a POST as well. */
const onlyReads = ({ detail }) => detail.requestConfig.verb === "get" || detail.elt.matches("[data-reads]");

document.body.addEventListener("htmx:sendError", (event) => {
  if (onlyReads(event)) lost();
  if (onlyReads(event) || saysItself(event)) return;
  toast(gettext("网络不通，刚才的操作没有提交。请在信号好的地方再试一次。"), "error");
});

document.body.addEventListener("htmx:responseError", (event) => {
  const { status, responseURL } = event.detail.xhr;
  if (status === 401 || responseURL.includes("/login/")) logInAgain();
  else if (status === 403) toast(gettext("您没有这项权限。"), "error");
  else if (status === 404) toast(gettext("没有找到，可能已经调整。请刷新页面。"), "error");
  else if (status === 507) toast(gettext("服务器磁盘已满，刚才这一步没有保存。请告诉系统管理员。"), "error");
  else if (status >= 500 && !saysItself(event)) toast(gettext("系统出错，刚才的操作没有生效，请稍后再试。"), "error");
});

// A 4xx answer that carries a fragment (a form with its errors, a refusal, not now) is shown in place.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422, 429].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// The server may say something with HX-Trigger: {"toast": {"text": …, "kind": …}}.
document.body.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
