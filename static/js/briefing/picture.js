// The picture of the day as a PNG: chat programs keep and send PNGs, and take no SVG.

const SHARPNESS = 2; // pixels of the PNG for each of the drawing's 750
const image = document.querySelector("[data-picture]");
const doors = document.querySelector("[data-picture-doors]");

function drawn() {
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SHARPNESS;
  canvas.height = image.naturalHeight * SHARPNESS;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Offer the phone's own way of sending files, where there is one. */
function offerSharing(canvas) {
  const button = document.querySelector("[data-picture-share]");
  canvas.toBlob((blob) => {
    if (!blob || !navigator.canShare) return;
    const file = new File([blob], image.dataset.name, { type: "image/png" });
    if (!navigator.canShare({ files: [file] })) return;
    button.hidden = false;
    button.addEventListener("click", () => navigator.share({ files: [file] }).catch(() => {})); // put away: nothing was sent
  }, "image/png");
}

function replace() {
  const canvas = drawn();
  const address = canvas.toDataURL("image/png");
  image.src = address;
  document.querySelector("[data-picture-save]").href = address;
  doors.hidden = false;
  image.dataset.drawn = "png";
  offerSharing(canvas);
}

if (image.complete && image.naturalWidth) replace();
else image.addEventListener("load", replace, { once: true });
