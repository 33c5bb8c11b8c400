// Part of the map: an outline that is drawn by hand or as a box, and what lies in it at once. That
// is read from a raster of the outline, some pixels rough at its edge; Python is sent the outline
// itself and answers with those whose place is inside.

const RASTER = 1024
const CLOSE = 3

function createOutline(camera) {
  let corners = [], from = null, kind = null

  return {
    get isDrawn() { return kind !== null },
    get kind() { return kind },
    get corners() { return corners },
    begin(how, px, py) {
      kind = how
      from = [px, py]
      corners = [camera.toMap(px, py)]
    },
    extend(px, py) {
      if (kind === 'box') {
        const [left, top] = camera.toMap(...from), [right, bottom] = camera.toMap(px, py)
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        return
      }
      const [lastX, lastY] = camera.toScreen(...corners.at(-1))
      if (Math.hypot(px - lastX, py - lastY) >= CLOSE) corners.push(camera.toMap(px, py))
    },
    // Returns the outline, or null where it holds nothing.
    end() {
      const drawn = corners
      this.cancel()
      return drawn.length > 2 ? drawn : null
    },
    cancel() {
      kind = null
      corners = []
    },
    path(context) {
      corners.forEach(([mx, my], index) => {
        const [px, py] = camera.toScreen(mx, my)
        index ? context.lineTo(px, py) : context.moveTo(px, py)
      })
      context.closePath()
    },
  }
}

// Whether each point lies in an outline, one byte a point.
function insideOf(outline, places) {
  const xs = outline.map(([x]) => x), ys = outline.map(([, y]) => y)
  const left = Math.min(...xs), bottom = Math.min(...ys)
  const width = Math.max(Math.max(...xs) - left, 1e-6), height = Math.max(Math.max(...ys) - bottom, 1e-6)
  const canvas = new OffscreenCanvas(RASTER, RASTER)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context.beginPath()
  outline.forEach(([x, y], index) => {
    const px = (x - left) / width * RASTER, py = (y - bottom) / height * RASTER
    index ? context.lineTo(px, py) : context.moveTo(px, py)
  })
  context.closePath()
  context.fill('evenodd')
  const raster = context.getImageData(0, 0, RASTER, RASTER).data
  const inside = new Uint8Array(places.length / 2)
  const byX = RASTER / width / 65535, byY = RASTER / height / 65535
  const fromX = left * RASTER / width, fromY = bottom * RASTER / height
  for (let index = 0; index < inside.length; index++) {
    const column = places[2 * index] * byX - fromX, row = places[2 * index + 1] * byY - fromY
    if (column >= 0 && row >= 0 && column < RASTER && row < RASTER) {
      inside[index] = raster[((row | 0) * RASTER + (column | 0)) * 4 + 3] > 127 ? 1 : 0
    }
  }
  return inside
}

function drawOutline(context, outline, { accent }) {
  if (outline.corners.length < 2) return
  context.beginPath()
  outline.path(context)
  context.fillStyle = `${accent}18`
  context.fill('evenodd')
  context.strokeStyle = accent
  context.lineWidth = 1.5
  context.setLineDash([5, 4])
  context.stroke()
  context.setLineDash([])
}

function drawRing(context, px, py, radius, { ink }) {
  context.beginPath()
  context.arc(px, py, radius, 0, 2 * Math.PI)
  context.strokeStyle = ink
  context.lineWidth = 2
  context.stroke()
}
