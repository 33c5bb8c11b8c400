// Part of the grid: one image with what is known of it, drawn anew only where something changed.

const SECOND = 'waits for your blind second review'

function decided(row) {
  if (!row.verdict) return null
  const { leaves } = TERMS.verdicts[row.verdict]
  return row.final && leaves === 'classes' ? row.final.replaceAll('|', ' or ') : pastText(row.verdict)
}

function description(row) {
  const parts = [row.given ?? 'no label']
  if (row.suggested) parts.push(`looks like ${row.suggested}`)
  if (row.verdict) {
    const means = pastText(row.verdict), final = decided(row)
    parts.push(final === means ? means : `${means}: ${final}`)
  } else parts.push(row.awaits_second ? SECOND : 'not reviewed')
  return parts.join(', ')
}

// `address` gives that of an image by id, content hash and size; `seen` is called with the row
// of a picture that has been painted.
function createCell(address, seen) {
  const button = make('button', { className: 'cell' })
  const frame = make('div', { className: 'frame' })
  const image = make('img', { decoding: 'sync' })
  const mark = make('i', { className: 'mark' })
  const given = make('span', { className: 'given' })
  const second = make('span', { className: 'lower' })
  for (const drawn of [mark, given, second]) drawn.setAttribute('aria-hidden', 'true')
  button.append(frame, given, second)
  let shown = {}, loading = Promise.resolve(), instead = null

  // A picture that cannot be shown leaves its place to the reason, or to itself later on.
  function load(row, source) {
    instead?.stop()
    instead = null
    const isShown = () => image.getAttribute('src') === source && frame.contains(image)
    image.src = source
    loading = image.decode().then(
      () => afterPaint(() => { if (isShown()) seen(row) }),
      () => { if (isShown()) explain(row) },
    )
  }
  function explain(row) {
    const box = make('div', { className: 'instead' })
    const picture = instead = loadPicture(address, row, 'thumb', { alt: image.alt })
    frame.replaceChildren(box, mark)
    placePicture(box, picture, () => { if (picture.painted) seen(row) })
  }

  function draw(row) {
    if (JSON.stringify(row) === JSON.stringify(shown)) return
    const text = description(row)
    if (row.fields) {
      frame.replaceChildren(fieldsElement(row), mark)
      seen(row)
      button.setAttribute('aria-label', `${frame.firstChild.textContent}: ${text}`)
    } else {
      image.alt = text
      const source = address(row.id, row.content_hash, 'thumb')
      const isNew = image.getAttribute('src') !== source
      if (image.parentElement !== frame && (isNew || !instead)) frame.replaceChildren(image, mark)
      if (isNew) load(row, source)
      button.removeAttribute('aria-label')
    }
    button.dataset.id = row.id
    button.title = row.path
    given.textContent = row.given ?? 'no label'
    given.classList.toggle('suspect', row.verdict ? row.final !== row.given : Boolean(row.suggested))
    second.className = `lower ${row.verdict ? 'verdict' : row.suggested ? 'suggested' : ''}`
    second.textContent = row.verdict ? decided(row) : row.suggested ?? (row.awaits_second ? SECOND : '')
    const { mark: shape = '', tone = '' } = TERMS.verdicts[row.verdict] ?? {}
    mark.textContent = shape // a verdict is shown by its shape, not by color alone
    mark.dataset.tone = tone
    shown = row
  }

  return {
    button,
    draw,
    get row() { return shown },
    select(chosen) { button.setAttribute('aria-pressed', chosen) },
    // Resolves once the picture can be painted, or never will.
    get ready() { return shown.fields ? Promise.resolve() : loading },
  }
}
