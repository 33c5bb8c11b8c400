// Part of the map: zoomed in far enough, points become pictures; where they are too close to each
// other, the first of them has one, and the others follow as one zooms on.

const MOST_PICTURES = 300
// With more points in view than this, none is a picture; nor where fewer than this share would be.
const MOST_IN_VIEW = 2500
const LEAST_SHARE = 0.3
const LARGEST = 84, SMALLEST = 34
const MOST_LOADED = 1500

function createThumbnails(address, items, changed) {
  const loaded = new Map()
  let shown = []

  function pictureOf(row) {
    const key = `${row.id} ${row.content_hash}`
    let picture = loaded.get(key)
    if (picture) return picture
    picture = new Image()
    picture.decoding = 'async'
    picture.src = address(row.id, row.content_hash, 'thumb')
    picture.decode().then(() => { picture.isReady = true; changed() }, () => {})
    loaded.set(key, picture)
    if (loaded.size > MOST_LOADED) loaded.delete(loaded.keys().next().value)
    return picture
  }

  return {
    get shown() { return shown },
    // Chooses, of the points in view, those that are shown as pictures.
    choose(camera, picking, isWanted, idOf) {
      const view = camera.window
      shown = []
      if (picking.roughly(view) > 4 * MOST_IN_VIEW) return
      const inView = []
      picking.within(view, (index) => { if (isWanted(index)) inView.push(index) })
      if (!inView.length || inView.length > MOST_IN_VIEW) return
      // As large as the room of a point, on average.
      const room = Math.sqrt(camera.width * camera.height / inView.length)
      const side = Math.min(LARGEST, Math.max(SMALLEST, room * 0.9))
      if (room < SMALLEST * 0.45) return
      const taken = new Set()
      for (const index of inView) {
        const x = picking.x(index), y = picking.y(index)
        // The raster lies on the map, so that it moves with it.
        const step = side * 1.06 / camera.scale
        const cell = `${Math.floor(x / step)} ${Math.floor(y / step)}`
        if (taken.has(cell)) continue
        taken.add(cell)
        shown.push({ index, id: idOf(index), x, y, side })
        if (shown.length === MOST_PICTURES) break
      }
      if (shown.length < Math.min(MOST_PICTURES, LEAST_SHARE * inView.length)) shown = []
      items.ask(shown.map(({ id }) => id))
    },
    // `toneOf(index)` is the color of a frame; `isFaint(index)` of what is not selected.
    draw(context, camera, { toneOf, isFaint, page }) {
      let drawn = 0
      for (const { index, id, x, y, side } of shown) {
        const row = items.get(id)
        if (!row || row.fields || !row.content_hash) continue
        const picture = pictureOf(row)
        if (!picture.isReady) continue
        const [px, py] = camera.toScreen(x, y)
        const ratio = picture.naturalWidth / picture.naturalHeight
        const width = ratio > 1 ? side : side * ratio, height = ratio > 1 ? side / ratio : side
        context.globalAlpha = isFaint(index) ? 0.35 : 1
        context.fillStyle = toneOf(index)
        context.fillRect(px - width / 2 - 2, py - height / 2 - 2, width + 4, height + 4)
        context.fillStyle = page
        context.drawImage(picture, px - width / 2, py - height / 2, width, height)
        drawn += 1
      }
      context.globalAlpha = 1
      return drawn
    },
    // The picture that is at a place of the screen; -1 where there is none.
    at(camera, px, py) {
      for (const { index, x, y, side } of [...shown].reverse()) {
        const [cx, cy] = camera.toScreen(x, y)
        if (Math.abs(px - cx) <= side / 2 && Math.abs(py - cy) <= side / 2) return index
      }
      return -1
    },
    clear() { shown = [] },
  }
}
