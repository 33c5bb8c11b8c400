// Part of the map: the card beside the point under the pointer: its picture, labels and suspicion.

const MOST_ASKED = 300

// What is known of items, asked for once: `get(id)` is null until it is here. `arrived` is called then.
function createItems(arrived) {
  const known = new Map(), asked = new Set()
  let address = null
  return {
    // Another address knows other labels; what is here stays until those are.
    from(latest) {
      if (latest !== address) known.clear()
      address = latest
      asked.clear()
    },
    get: (id) => known.get(id) ?? null,
    async ask(ids) {
      const missing = ids.filter((id) => !known.has(id) && !asked.has(id)).slice(0, MOST_ASKED)
      if (!missing.length || !address) return
      const from = address
      for (const id of missing) asked.add(id)
      try {
        const response = await fetch(`${from}?ids=${missing.join(',')}`)
        if (!response.ok) throw new Error(response.status)
        const rows = await response.json()
        if (from !== address) return
        for (const row of rows) known.set(row.id, row)
        arrived(missing)
      } catch {
        for (const id of missing) asked.delete(id)
      }
    },
  }
}

function createCard(box, pictureAddress, items) {
  let shown = null, drawn = null

  function draw(id, extra) {
    const row = items.get(id)
    const key = `${id} ${row?.content_hash} ${extra}`
    if (key === drawn) return
    drawn = key
    if (!row) return box.replaceChildren(make('p', { className: 'soft', textContent: '…' }))
    const picture = make('div', { className: 'picture' },
      smallPicture(pictureAddress, row, { alt: `labeled ${row.given ?? 'nothing'}` }))
    const given = make('b', { className: 'given', textContent: row.given ?? 'no label' })
    const lines = [make('p', {}, 'given ', given)]
    if (row.suggested) lines.push(make('p', {}, 'looks like ', make('b', { className: 'suggested', textContent: row.suggested })))
    if (extra) lines.push(make('p', { textContent: extra }))
    const facts = row.suspicion === null ? [] : [`suspicion ${row.suspicion.toFixed(2)}`]
    lines.push(make('p', { className: 'soft', textContent: [...facts, 'Enter opens it'].join(' · ') }))
    lines.push(make('p', { className: 'soft path', textContent: row.path }))
    box.replaceChildren(picture, make('div', {}, ...lines))
  }

  return {
    get id() { return shown },
    show(id, px, py, width, height, extra = '') {
      shown = id
      box.hidden = false
      draw(id, extra)
      items.ask([id])
      const { offsetWidth, offsetHeight } = box
      box.style.left = `${Math.max(4, px + 16 + offsetWidth > width ? px - offsetWidth - 16 : px + 16)}px`
      box.style.top = `${Math.max(4, Math.min(py + 12, height - offsetHeight - 4))}px`
    },
    again(extra = '') { if (shown) draw(shown, extra) },
    hide() {
      shown = drawn = null
      box.hidden = true
    },
  }
}
