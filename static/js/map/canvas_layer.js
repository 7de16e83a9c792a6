// A canvas that moves and scales with the map and is drawn anew when it comes to rest.

/** Subclasses give `draw(context, bounds)`; bounds and coordinates are layer points. */
export const CanvasLayer = L.Renderer.extend({
  options: { padding: 0.4, pane: "overlayPane" },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.className = "map-canvas";
    this._container.setAttribute("aria-hidden", "true");
  },

  _destroyContainer() {
    this._container.remove();
    delete this._container;
  },

  _updatePaths() {},
  _onZoomEnd() {},

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const { min } = this._bounds;
    const size = this._bounds.getSize();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const canvas = this._container;
    L.DomUtil.setPosition(canvas, min);
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, -min.x * ratio, -min.y * ratio);
    this.draw(context, this._bounds);
  },

  /** Draw again where the map stands. */
  redraw() {
    if (this._map) this._update();
  },
});

const styles = getComputedStyle(document.documentElement);

/** How much larger than usual text is set (大字, or the browser's own setting). */
export const textScale = Number.parseFloat(styles.fontSize) / 16 || 1;

/** A colour of tokens.css. */
export const token = (name) => styles.getPropertyValue(`--${name}`).trim();
