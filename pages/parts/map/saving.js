// Part of the map: what is seen, as a file. PNG is what is drawn; SVG holds a circle a point.

const MOST_CIRCLES = 50_000

function saveFile(name, blob) {
  const link = make('a', { href: URL.createObjectURL(blob), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

// `layers` are canvases, the lowest first, freshly drawn.
function savePng(layers, page) {
  const canvas = make('canvas', { width: layers[0].width, height: layers[0].height })
  const context = canvas.getContext('2d')
  context.fillStyle = page
  context.fillRect(0, 0, canvas.width, canvas.height)
  for (const layer of layers) context.drawImage(layer, 0, 0)
  canvas.toBlob((blob) => saveFile('map.png', blob))
}

// `toneAt(index)` is the color of a point; the quiet ones are drawn first. Returns why it cannot be
// saved, or null.
function saveSvg(camera, picking, toneAt, names, { page, ink, quiet, radius, title }) {
  const groups = new Map([[quiet, []]])
  let count = 0
  picking.within(camera.window, (index) => {
    const tone = toneAt(index)
    if (!groups.has(tone)) groups.set(tone, [])
    groups.get(tone).push(index)
    count += 1
  })
  if (count > MOST_CIRCLES) return `SVG holds ${MOST_CIRCLES.toLocaleString()} points at most; zoom in, or save it as PNG.`
  const { width, height } = camera
  const space = 'http://www.w3.org/2000/svg'
  const element = (tag, attributes, ...content) => {
    const made = document.createElementNS(space, tag)
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
    made.append(...content)
    return made
  }
  const svg = element('svg', { xmlns: space, viewBox: `0 0 ${width} ${height}`, width, height }, element('title', {}, title))
  svg.append(element('rect', { width, height, fill: page }))
  for (const [fill, indices] of groups) {
    svg.append(element('g', { fill }, ...indices.map((index) => {
      const [cx, cy] = camera.toScreen(picking.x(index), picking.y(index))
      return element('circle', { cx: cx.toFixed(1), cy: cy.toFixed(1), r: radius })
    })))
  }
  const texts = names.map(({ name, x, y }) => [name, ...camera.toScreen(x, y)])
    .filter(([, px, py]) => px > 0 && py > 0 && px < width && py < height)
  svg.append(element('g', { fill: ink, 'font-family': 'sans-serif', 'font-size': 12, 'font-weight': 600, 'text-anchor': 'middle' },
    ...texts.map(([name, x, y]) => element('text', { x: x.toFixed(1), y: (y - 10).toFixed(1) }, name))))
  saveFile('map.svg', new Blob([new XMLSerializer().serializeToString(svg)], { type: 'image/svg+xml' }))
  return null
}
