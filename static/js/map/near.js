// 附近: where the phone is, or the village the user says they stand in.

import { gettext } from "gettext";

const WAIT = 10_000;

/** Where the phone is, as [lon, lat] in WGS-84. Rejects with a sentence to show. */
export function whereAmI() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation || !window.isSecureContext) {
      reject(new Error(gettext("这台手机不能定位。请在上面的搜索框里选您所在的村。")));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve([coords.longitude, coords.latitude]),
      ({ code }) => reject(new Error(code === 1
        ? gettext("没有定位权限。请在上面的搜索框里选您所在的村，或在浏览器设置里允许定位。")
        : gettext("现在定位不到。请在上面的搜索框里选您所在的村。"))),
      { enableHighAccuracy: true, timeout: WAIT, maximumAge: 60_000 },
    );
  });
}

const STANDING = "standing"; // of this tab: which village the user said they stand in

/** The village chosen before in this session, {point, name}, or null. */
export function chosenVillage() {
  return JSON.parse(sessionStorage.getItem(STANDING) ?? "null");
}

export function keepVillage(point, name) {
  sessionStorage.setItem(STANDING, JSON.stringify({ point, name }));
}

/** The blue dot of the user's own position. */
export function positionMarker(latlng) {
  const icon = L.divIcon({ className: "own-position", iconSize: [20, 20] });
  return L.marker(latlng, { icon, keyboard: false, interactive: false, alt: "" });
}
