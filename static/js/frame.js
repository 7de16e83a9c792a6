// What every page has: toasts that go away, and errors of htmx requests said in words.

import { gettext } from "gettext";

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

document.body.addEventListener("htmx:sendError", () =>
  toast(gettext("网络不通，刚才的操作没有提交。请在信号好的地方再试一次。"), "error"));

document.body.addEventListener("htmx:responseError", (event) => {
  const { status, responseURL } = event.detail.xhr;
  if (status === 401 || responseURL.includes("/login/")) location.reload();
  else if (status === 403) toast(gettext("您没有这项权限。"), "error");
  else if (status === 404) toast(gettext("没有找到，可能已经调整。请刷新页面。"), "error");
  else if (status >= 500) toast(gettext("系统出错，刚才的操作没有生效，请稍后再试。"), "error");
});

// A 4xx answer that carries a fragment (a form with its errors, a refusal) is shown in place.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// The server may say something with HX-Trigger: {"toast": {"text": …, "kind": …}}.
document.body.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
