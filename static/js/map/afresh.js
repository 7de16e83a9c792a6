// A map left open keeps up with what others do: when one comes back to it, and about once a minute
// while it is looked at. Never under a hand that draws, drags or has just touched something.

import { sheet } from "call/sheet";
import { isLost } from "network";

const EVERY = 60_000; // ms
const STILL = 5_000; // so long no hand was at it
const LOOK = 1_000;

const WRITTEN = "form[data-outcome], [data-assign-form]"; // being filled in, in the sheet

/** @param {(how: {anew: boolean, byItself: boolean}) => void} refresh loads list, chips and tiles anew */
export function keepFresh(map, refresh) {
  let touched = 0;
  let held = false; // a finger or button is down
  let asked = performance.now();

  const touch = () => { touched = performance.now(); };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"])
    window.addEventListener(kind, touch, { capture: true, passive: true });
  window.addEventListener("pointerdown", () => { held = true; }, true);
  for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, () => { held = false; }, true);

  const isBusy = () => held || performance.now() - touched < STILL
    || map.getContainer().classList.contains("drawing") || Boolean(sheet().querySelector(WRITTEN));
  const isLookedAt = () => document.visibilityState === "visible" && navigator.onLine && !isLost();

  const again = (byItself) => {
    asked = performance.now();
    refresh({ anew: true, byItself });
  };
  setInterval(() => {
    if (performance.now() - asked >= EVERY && isLookedAt() && !isBusy()) again(true);
  }, LOOK);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") again(false);
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) again(false);
  });
}
