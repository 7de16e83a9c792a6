// 今日: nearest first on request, a section in full on request, and both again after every reload.

import "call/back";
import "call/page";
import { gettext } from "gettext";
import { whereAmI } from "map/near";
import { Reading } from "reading";

const tasks = document.getElementById("tasks");
const button = document.querySelector("[data-today-near]");
const notice = document.querySelector("[data-today-notice]");
const reading = new Reading();
const asked = new URLSearchParams(); // lon, lat, all: gone with the page

function say(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

function reload() {
  reading.load(tasks.getAttribute("hx-get"), { source: tasks, target: tasks, swap: "innerHTML" });
}

async function byDistance() {
  if (asked.has("lon")) {
    asked.delete("lon");
    asked.delete("lat");
  } else {
    say(gettext("正在定位…"));
    try {
      const [lon, lat] = await whereAmI();
      asked.set("lon", lon.toFixed(3)); // some hundred metres: enough for an order
      asked.set("lat", lat.toFixed(3));
    } catch {
      say(gettext("没有取得定位，还按原来的顺序列出。请打开手机定位再试。"));
      return;
    }
  }
  say("");
  button.setAttribute("aria-pressed", String(asked.has("lon")));
  reload();
}

tasks.addEventListener("htmx:configRequest", (event) => {
  if (event.target !== tasks) return;
  for (const [name, value] of asked) event.detail.parameters[name] = value;
});

// Too much was looked at in this hour: what is listed stays, to go on with, and why is said above it.
document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (target !== tasks || detail.xhr.status !== 429) return;
  detail.shouldSwap = false;
  const answer = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  say(answer.body.textContent.trim());
});

tasks.addEventListener("click", (event) => {
  const all = event.target.closest("[data-today-all]");
  if (!all) return;
  event.preventDefault();
  asked.set("all", all.dataset.todayAll);
  reload();
});

// What was announced and acknowledged is no news on the tab either.
tasks.addEventListener("htmx:afterSwap", () => {
  if (!tasks.querySelector("[data-news]")) document.querySelector(".tab-news")?.remove();
});

button.hidden = false;
button.addEventListener("click", byDistance);
