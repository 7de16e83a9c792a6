// The upload page: a drop zone, what is wrong with a file before it is sent, and how far it is.
// Without this module the form works as a plain form.

import { gettext } from "gettext";
import { release } from "lists/once";

const form = document.querySelector("form[data-upload]");
const zone = form.querySelector("[data-drop-zone]");
const input = form.elements.file;
const label = zone.querySelector("[data-file-name]");
const emptyLabel = label.textContent;
const progress = form.querySelector("[data-progress]");
const bar = progress.querySelector("progress");
const said = progress.querySelector("[data-progress-text]");

for (const name of ["dragenter", "dragover"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  zone.addEventListener(name, () => zone.classList.remove("over"));
}
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length > 1) showError("file", gettext("一次只能上传一个文件。"));
  else if (event.dataTransfer.files.length) {
    input.files = event.dataTransfer.files;
    chosen();
  }
});
input.addEventListener("change", chosen);
if (input.files.length) chosen(); // chosen before this module came, or kept by the browser

// Enter in the search box looks for a branch; it must not send the form.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-no-submit]")) event.preventDefault();
});
form.addEventListener("change", ({ target }) => {
  if (target !== input) showError(target.name, "");
});

form.addEventListener("submit", (event) => {
  const problem = fileProblem(input.files[0]);
  event.preventDefault();
  if (problem) {
    showError("file", problem);
    input.focus();
  } else if (!form.dataset.sent) send();
});

function chosen() {
  const file = input.files[0];
  label.textContent = file ? `${file.name} (${megabytes(file.size)})` : emptyLabel;
  zone.classList.toggle("filled", Boolean(file));
  showError("file", file ? fileProblem(file) : "");
}

function fileProblem(file) {
  if (!file) return gettext("请选择名单文件。");
  const extension = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
  if (extension === ".xls") return gettext("这是旧版表格（.xls）。请用表格软件另存为 .xlsx 再上传。");
  if (!form.dataset.extensions.split(",").includes(extension)) return gettext("请选择 CSV 或 XLSX 文件。");
  if (file.size === 0) return gettext("这个文件是空的，请检查后重新选择。");
  if (file.size > Number(form.dataset.maxBytes)) {
    return gettext("文件有 {size}，超过上限 {limit}，请按机构范围拆成几份。", {
      size: megabytes(file.size),
      limit: megabytes(Number(form.dataset.maxBytes)),
    });
  }
  return "";
}

function send() {
  form.dataset.sent = "yes";
  const button = form.querySelector("[data-submit]");
  button.disabled = true;
  progress.hidden = false;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.round((event.loaded / event.total) * 100);
    const sending = gettext("正在上传 {done} / {total}", {
      done: megabytes(event.loaded),
      total: megabytes(event.total),
    });
    said.textContent = event.loaded < event.total ? sending : gettext("已传完，正在加密保存…");
  });
  request.addEventListener("load", () => {
    const answer = request.response;
    if (request.status === 201 && answer) location.assign(answer.location);
    else if ([422, 507].includes(request.status) && answer) refused(answer.errors);
    else if (request.status === 200 || request.status === 403) failed(gettext("登录已过期或没有权限，请重新登录后再上传。"));
    else failed(gettext("服务器没有收下这个文件，请稍后再试。"));
  });
  request.addEventListener("error", () => failed(gettext("网络中断，文件没有传完，请再试一次。")));
  request.send(new FormData(form));
}

function refused(errors) {
  stop();
  showError("", gettext("还没有上传：请看下面标红的地方。"));
  for (const [name, found] of Object.entries(errors)) {
    showError(name, found.map((each) => each.message).join(" "));
  }
  form.querySelector("[data-error-for]:not([hidden])").scrollIntoView({ block: "center" });
}

function failed(text) {
  stop();
  showError("", text);
  form.querySelector('[data-error-for=""]').scrollIntoView({ block: "center" });
}

function stop() {
  progress.hidden = true;
  bar.value = 0;
  release(form);
}

function showError(name, text) {
  const line = form.querySelector(`[data-error-for="${name}"]`);
  if (!line) return;
  line.textContent = text;
  line.hidden = !text;
}

function megabytes(size) {
  return size >= 1048576 ? `${(size / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1024))} KB`;
}
