// WGS-84, in which the server speaks, and the datum of the base map.
// GCJ-02 is a published sum of sines over the Krasovsky 1940 ellipsoid; the same
// formulas stand, tested, in whitelist/geocoding/datum.py. Points are [lon, lat].

const { PI, abs, cos, sin, sqrt } = Math;
const AXIS = 6378245;
const ECCENTRICITY_SQUARED = 0.00669342162296594323;
const STEPS = 6;

function outsideChina(lon, lat) {
  return !(lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271);
}

function waves(a, b) {
  return ((20 * sin(6 * a * PI) + 20 * sin(2 * a * PI)) * 2) / 3 + b;
}

function bend(lon, lat) {
  const x = lon - 105;
  const y = lat - 35;
  const dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    + waves(x, ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3)
    + ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  const dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    + waves(x, ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3)
    + ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const radians = (lat / 180) * PI;
  const m = 1 - ECCENTRICITY_SQUARED * sin(radians) ** 2;
  return [
    (dLon * 180) / ((AXIS / sqrt(m)) * cos(radians) * PI),
    (dLat * 180) / (((AXIS * (1 - ECCENTRICITY_SQUARED)) / (m * sqrt(m))) * PI),
  ];
}

export function wgs84ToGcj02([lon, lat]) {
  if (outsideChina(lon, lat)) return [lon, lat];
  const [dLon, dLat] = bend(lon, lat);
  return [lon + dLon, lat + dLat];
}

export function gcj02ToWgs84([lon, lat]) {
  if (outsideChina(lon, lat)) return [lon, lat];
  let point = [lon, lat];
  for (let step = 0; step < STEPS; step += 1) {
    const [dLon, dLat] = bend(...point);
    point = [lon - dLon, lat - dLat];
  }
  return point;
}

const same = (point) => point;

/** {to, from} between WGS-84 and the datum named. */
export function converters(datum) {
  return datum === "gcj02" ? { to: wgs84ToGcj02, from: gcj02ToWgs84 } : { to: same, from: same };
}
