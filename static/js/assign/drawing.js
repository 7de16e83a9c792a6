// Leaflet.draw, fetched when a supervisor first draws; and one drawing at a time.

let loading = null;

function element(name, attributes, ready) {
  return new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(name), attributes);
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => reject(new Error(node.src || node.href)));
    ready(node);
  });
}

/** Load the script and its style sheet once; a failure may be tried again. */
export function loadDraw({ drawScript, drawCss }) {
  const head = (node) => document.head.append(node);
  loading ??= Promise.all([
    element("link", { rel: "stylesheet", href: drawCss }, head),
    element("script", { src: drawScript }, head),
  ]).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

const LINE = { color: "#14573f", weight: 2, fillOpacity: 0.12 };

/** A rectangle or polygon being drawn; `done` gets its ring of Leaflet positions, or null. */
export class Drawing {
  constructor(map, kind, done) {
    const options = { shapeOptions: LINE, showArea: false, metric: true, repeatMode: false };
    this.map = map;
    this.kind = kind;
    this.done = done;
    this.tool = kind === "rectangle" ? new L.Draw.Rectangle(map, options) : new L.Draw.Polygon(map, options);
    this.created = ({ layer }) => this.end(layer.getLatLngs()[0]);
    map.once(L.Draw.Event.CREATED, this.created);
    map.getContainer().classList.add("drawing");
    this.tool.enable();
  }

  /** What Enter does: close the polygon, or take the whole view as the rectangle. */
  finish() {
    if (this.kind === "polygon") {
      if (this.tool._markers?.length >= 3) this.tool.completeShape();
      return;
    }
    const view = this.map.getBounds();
    this.end([view.getSouthWest(), view.getNorthWest(), view.getNorthEast(), view.getSouthEast()]);
  }

  end(ring = null) {
    this.map.off(L.Draw.Event.CREATED, this.created);
    this.tool.disable();
    // The click that ends a drawing must not open the customer under it.
    setTimeout(() => this.map.getContainer().classList.remove("drawing"), 300);
    this.done(ring);
  }
}
