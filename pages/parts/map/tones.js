// Part of the map: which color a category or a number has. Twenty categories at most have one of
// their own; the rest is gray. Of any two of the twenty, the colors are at least 15 apart (CIE 1976)
// as people without red or without green receptors see them (Machado et al., 2009, severity 1).

const MOST_TONES = 20
const LIGHT_TONES = [
  '#149188', '#d98324', '#2d00c3', '#781e0f', '#d278ff', '#a5784b', '#3c4bc3', '#d2c300', '#692d3c', '#9669b4',
  '#f0a5ff', '#f0b478', '#a53c00', '#784bff', '#5a1e78', '#694b78', '#5a00ff', '#875a4b', '#a596c3', '#96a578',
]
const DARK_TONES = [
  '#3fb3a9', '#e0913f', '#b400ff', '#ffe100', '#a5a5ff', '#87ffb4', '#96693c', '#4b87b4', '#ffd2ff', '#874bc3',
  '#e1f078', '#87b487', '#a5d278', '#a55a00', '#d2b400', '#87e1c3', '#d24bff', '#5a8769', '#d2a5e1', '#c32d96',
]
const LIGHT_RAMP = ['#dfe9e6', '#a9d2cb', '#5fb0a6', '#177a72', '#0b4a46', '#062725']
const DARK_RAMP = ['#22383a', '#26605c', '#2f8b83', '#45b8ac', '#93e0d4', '#f2fffb']

function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))
}
function rampAt(ramp, share) {
  const at = Math.min(share, 0.9999) * (ramp.length - 1), index = Math.floor(at), rest = at - index
  const [from, to] = [rgb(ramp[index]), rgb(ramp[index + 1])]
  return from.map((value, axis) => Math.round(value + (to[axis] - value) * rest))
}
// A color of the style sheet as '#rrggbb'.
function hexOf(color) {
  const context = hexOf.context ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  context.fillStyle = color
  context.fillRect(0, 0, 1, 1)
  const bytes = context.getImageData(0, 0, 1, 1).data
  return `#${[...bytes.slice(0, 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

// The colors of a coloring: of codes, as text and as the texture that the painter reads.
function createTones() {
  let coloring = null, isDark = false, quiet = '#bbbbbb', byCode = new Map()

  // Those that had a color keep it as long as they are among the most frequent.
  function assign(frequent) {
    const tones = isDark ? DARK_TONES : LIGHT_TONES
    const fixed = coloring.tones?.[isDark ? 'dark' : 'light']
    if (fixed) {
      byCode = new Map(coloring.names.map((_, code) => [code, fixed[code] ?? quiet]))
      return
    }
    const kept = new Map(frequent.filter((code) => byCode.has(code)).map((code) => [code, byCode.get(code)]))
    const free = tones.filter((tone) => ![...kept.values()].includes(tone))
    for (const code of frequent) if (!kept.has(code)) kept.set(code, free.shift())
    byCode = kept
  }

  return {
    use(latest, dark, gray) {
      if (coloring !== latest || isDark !== dark) byCode = new Map()
      coloring = latest
      isDark = dark
      quiet = gray
    },
    // `counts` are those in view, by code. Returns whether a color has changed.
    rank(counts) {
      if (!coloring || coloring.kind === 'numbers') return false
      const before = [...byCode].join()
      const codes = [...coloring.names.keys()]
      const frequent = codes.length <= MOST_TONES ? codes
        : codes.filter((code) => counts[code]).sort((a, b) => counts[b] - counts[a]).slice(0, MOST_TONES)
      assign(frequent)
      return before !== [...byCode].join()
    },
    has: (code) => byCode.has(code),
    of(code) {
      if (code === NO_CODE) return quiet
      if (coloring.kind === 'numbers') return `rgb(${rampAt(isDark ? DARK_RAMP : LIGHT_RAMP, code / 254).join()})`
      return byCode.get(code) ?? quiet
    },
    get ramp() { return isDark ? DARK_RAMP : LIGHT_RAMP },
    // Where some are isolated, the others are not shown.
    palette(isolated) {
      const size = coloring.kind === 'numbers' ? 255 : Math.max(1, coloring.names.length)
      const colors = new Uint8Array(size * 4), gray = rgb(quiet)
      const shown = (code) => (!isolated.size || isolated.has(code) ? 255 : 0)
      for (let code = 0; code < size; code++) {
        const tone = coloring.kind === 'numbers' ? rampAt(isDark ? DARK_RAMP : LIGHT_RAMP, code / 254)
          : byCode.has(code) ? rgb(byCode.get(code)) : gray
        colors.set([...tone, shown(code)], code * 4)
      }
      return [colors, new Uint8Array([...gray, shown(NO_CODE)])]
    },
  }
}

// The colors of the style sheet, for what is drawn on canvases.
function themeOf(element, stage) {
  const style = getComputedStyle(element)
  const page = style.getPropertyValue('--st-background-color'), text = style.getPropertyValue('--st-text-color')
  const isDark = rgb(hexOf(page)).reduce((sum, value) => sum + value) < 384
  return {
    source: page + text, isDark, ink: hexOf(text), page: hexOf(getComputedStyle(stage).backgroundColor),
    accent: hexOf(style.getPropertyValue('--st-link-color')), font: style.getPropertyValue('--st-font'),
    quiet: isDark ? '#4a5056' : '#b9bdbb',
  }
}
