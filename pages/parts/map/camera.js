// Part of the map: where the visitor looks. Places of points lie in 0..1, upward; those on the
// screen are in CSS pixels, downward.

const FARTHEST = 0.5, NEAREST = 4000
const MARGIN = 26
const FLIGHT_MS = 450

// `moved` is called whenever it looks elsewhere.
function createCamera(moved) {
  let width = 1, height = 1, box = { left: 0, right: 1, bottom: 0, top: 1 }
  let x = 0.5, y = 0.5, zoom = 1, flight = 0
  const fitting = () => Math.min(
    Math.max(width - 2 * MARGIN, 1) / Math.max(box.right - box.left, 1e-4),
    Math.max(height - 2 * MARGIN, 1) / Math.max(box.top - box.bottom, 1e-4),
  )
  const scale = () => fitting() * zoom
  const limited = (value) => Math.min(NEAREST, Math.max(FARTHEST, value))

  function look(toX, toY, toZoom) {
    x = Math.min(1.2, Math.max(-0.2, toX))
    y = Math.min(1.2, Math.max(-0.2, toY))
    zoom = limited(toZoom)
    moved()
  }
  const middle = () => [(box.left + box.right) / 2, (box.bottom + box.top) / 2]

  return {
    get width() { return width },
    get height() { return height },
    get zoom() { return zoom },
    get center() { return [x, y] },
    get scale() { return scale() },
    get isWhole() { return zoom <= 1.001 && Math.hypot(x - middle()[0], y - middle()[1]) < 0.02 },
    resize(toWidth, toHeight) { width = toWidth; height = toHeight; moved() },
    // What is seen at zoom 1.
    frame(latest) { box = latest },
    look,
    fit() { look(...middle(), 1) },
    pan(dx, dy) { look(x - dx / scale(), y + dy / scale(), zoom) },
    // The place under the pointer stays there.
    zoomAt(px, py, factor) {
      const before = this.toMap(px, py)
      zoom = limited(zoom * factor)
      const after = this.toMap(px, py)
      look(x + before[0] - after[0], y + before[1] - after[1], zoom)
    },
    fly(toX, toY, toZoom) {
      cancelAnimationFrame(flight)
      if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return look(toX, toY, toZoom)
      const from = [x, y, Math.log(zoom)], to = [toX, toY, Math.log(limited(toZoom))], began = performance.now()
      const step = () => {
        const t = Math.min(1, (performance.now() - began) / FLIGHT_MS), eased = t * t * (3 - 2 * t)
        const [atX, atY, atZoom] = from.map((value, axis) => value + (to[axis] - value) * eased)
        look(atX, atY, Math.exp(atZoom))
        if (t < 1) flight = requestAnimationFrame(step)
      }
      step()
    },
    stop() { cancelAnimationFrame(flight) },
    toScreen(mx, my) { return [(mx - x) * scale() + width / 2, height / 2 - (my - y) * scale()] },
    toMap(px, py) { return [x + (px - width / 2) / scale(), y - (py - height / 2) / scale()] },
    // The part of the map that is seen.
    get window() {
      const [left, top] = this.toMap(0, 0), [right, bottom] = this.toMap(width, height)
      return { left, right, bottom, top }
    },
    // Scale and offset from places to clip space, for the painter.
    get transform() {
      const sx = (2 * scale()) / width, sy = (2 * scale()) / height
      return [sx, sy, -x * sx, -y * sy]
    },
    get text() { return [x.toFixed(5), y.toFixed(5), zoom.toPrecision(5)].join('_') },
    read(text) {
      const values = String(text ?? '').split('_').map(Number)
      if (values.length !== 3 || !values.every(Number.isFinite)) return false
      look(...values)
      return true
    },
  }
}
