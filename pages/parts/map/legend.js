// Part of the map: what the colors mean. A row of a category says how many of it are selected or in
// view, of all that are shown; a click isolates it.

const MOST_ROWS = 20

// `act` has `isolate(code, isMore)` and `take(code, isMore)`.
function createLegend(box, tones, act) {
  const search = make('input', { type: 'search', placeholder: 'Find in the legend', ariaLabel: 'Find in the legend' })
  const title = make('strong')
  const rows = make('div', { className: 'rows' })
  const rest = make('p', { className: 'soft' })
  box.append(make('header', {}, title, search), rows, rest)
  let coloring = null, counts = null, here = null, isolated = new Set()
  search.oninput = draw

  function numberText(value) {
    return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString() : String(Number(value.toPrecision(3)))
  }

  function axis() {
    const bar = make('div', { className: 'ramp' })
    bar.style.background = `linear-gradient(to right, ${tones.ramp.join(', ')})`
    const ends = make('div', { className: 'ends' }, ...[0, 0.5, 1].map((share) =>
      span(numberText(coloring.low + share * (coloring.high - coloring.low)))))
    return make('div', { className: 'axis' }, bar, ends)
  }

  function row(code, name) {
    const swatch = make('i')
    swatch.style.background = tones.of(code)
    const part = here[code], whole = counts[code]
    const number = make('span', { className: 'number', textContent: part === null || part === whole
      ? whole.toLocaleString() : `${part.toLocaleString()} of ${whole.toLocaleString()}` })
    const button = make('button', {
      className: 'row', title: `Click shows ${name} alone, with Shift beside others`,
      onclick: (event) => act.isolate(code, event.shiftKey),
    }, swatch, make('span', { className: 'name', textContent: name }), number)
    button.dataset.code = code
    button.setAttribute('aria-pressed', isolated.has(code))
    const take = make('button', {
      className: 'take', textContent: 'select', ariaLabel: `Select all of ${name}`,
      onclick: (event) => act.take(code, event.shiftKey),
    })
    return make('div', { className: 'line' }, button, take)
  }

  function draw() {
    if (!coloring) return
    title.textContent = coloring.title
    search.hidden = coloring.kind === 'numbers' || coloring.names.length <= MOST_ROWS
    if (coloring.kind === 'numbers') {
      rest.textContent = counts.without ? `${counted(counts.without, 'image')} without a value, in gray` : ''
      return rows.replaceChildren(axis())
    }
    const typed = search.hidden ? '' : search.value.trim().toLowerCase()
    const codes = [...coloring.names.keys()]
    const matching = typed ? codes.filter((code) => coloring.names[code].toLowerCase().includes(typed))
      : codes.filter((code) => counts[code] || isolated.has(code))
    const weight = (code) => (here[code] ?? counts[code])
    const shown = (codes.length > MOST_ROWS ? matching.sort((a, b) =>
      isolated.has(b) - isolated.has(a) || tones.has(b) - tones.has(a) || weight(b) - weight(a)) : matching).slice(0, MOST_ROWS)
    const focused = rows.getRootNode().activeElement?.dataset?.code
    rows.replaceChildren(...shown.map((code) => row(code, coloring.names[code])))
    if (counts.without && !typed) rows.append(row(NO_CODE, coloring.no_name))
    if (focused !== undefined) rows.querySelector(`[data-code="${focused}"]`)?.focus()
    const left = matching.length - shown.length
    rest.textContent = left > 0 ? `and ${left.toLocaleString()} more, in gray` : ''
    if (typed && !matching.length) rest.textContent = 'None is called so.'
  }

  return {
    // `latest.counts` are of all that are shown; `latest.here` of what is selected or in view, null
    // for all of it.
    show(latest) {
      if (latest.coloring.key !== coloring?.key) search.value = ''
      coloring = latest.coloring
      counts = latest.counts
      here = latest.here
      isolated = latest.isolated
      draw()
    },
  }
}
