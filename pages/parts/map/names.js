// Part of the map: the names of classes where most of their points lie, as many as find room.

const MOST_NAMES = 40
const SAMPLE = 200
const NAME_FONT = 600

// `coloring` names the given labels. Returns places by code: the median of a sample.
function namePlaces(coloring, places) {
  const { codes, names } = coloring
  const counts = new Uint32Array(names.length)
  for (const code of codes) if (code < names.length) counts[code] += 1
  const every = names.map((_, code) => Math.max(1, Math.floor(counts[code] / SAMPLE)))
  const at = new Uint32Array(names.length)
  const xs = names.map(() => []), ys = names.map(() => [])
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index]
    if (code < names.length && at[code]++ % every[code] === 0) {
      xs[code].push(places[2 * index])
      ys[code].push(places[2 * index + 1])
    }
  }
  const quantile = (values, share) => values.sort((a, b) => a - b)[Math.floor(values.length * share)] / 65535
  return names.map((name, code) => xs[code].length
    ? { name, code, count: counts[code], x: quantile(xs[code], 0.5), y: quantile(ys[code], 0.75) } : null).filter(Boolean)
    .sort((a, b) => b.count - a.count)
}

// `isFaint(code, count)` tells which names belong to what is not selected.
function drawNames(context, camera, found, { ink, page, font, isFaint }) {
  const taken = []
  context.font = `${NAME_FONT} 12px ${font}`
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  context.lineJoin = 'round'
  const inFront = found.filter(({ code, count }) => !isFaint(code, count))
  for (const { name, code, count, x, y } of [...inFront, ...found.filter((one) => !inFront.includes(one))]) {
    if (taken.length >= MOST_NAMES) break
    const [px, above] = camera.toScreen(x, y), py = above - 10
    if (px < 0 || py < 12 || px > camera.width || py > camera.height) continue
    const half = context.measureText(name).width / 2 + 3
    const box = [px - half, py - 13, px + half, py + 4]
    if (taken.some(([l, t, r, b]) => box[0] < r && box[2] > l && box[1] < b && box[3] > t)) continue
    taken.push(box)
    context.globalAlpha = isFaint(code, count) ? 0.45 : 1
    context.strokeStyle = page
    context.lineWidth = 4
    context.strokeText(name, px, py)
    context.fillStyle = ink
    context.fillText(name, px, py)
  }
  context.globalAlpha = 1
}
