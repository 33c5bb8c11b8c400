// The grid of images. The next page is shown before Python is asked; Python answers with the
// rows as they are now. Cells stay in place and change their contents. Nothing is drawn from
// names as markup: all text goes through textContent.

const SEND_AGAIN_MS = 4000
const NOTICE_MS = 6000
const REPORT_MS = 120
const SIZES = ['small', 'medium', 'large']
const SIZE_KEPT = 'second-look:grid-size'
const KEYS = {
  n: 'next', PageDown: 'next', p: 'previous', PageUp: 'previous', z: 'undo', Z: 'redo', Escape: 'clear', h: 'history', m: 'locate',
}
const FIELDS = 'input, textarea, select, [contenteditable], [role=combobox], [role=option], [role=slider]'

export default lasting(createGrid)

function createGrid(root, { data: { is_whole: isBeside } }) {
  const $ = (selector) => root.querySelector(selector)
  const box = $('.cells')
  const painted = new Map()
  const selection = createSelection(painted)
  const session = sessionName()
  // Beside the map there is less room than on a page of its own.
  const sizeKept = isBeside ? `${SIZE_KEPT}-beside` : SIZE_KEPT
  const contact = createContact(root)
  let component, data, page, viewed, cells = [], at = 0, anchor = 0
  let orders = [], next = 0, tick = 0, sentAt = 0, awaited = 0, planned, warm = [], noticeTimer, reportTimer

  const address = (id, hash, size) => `/api/images/${data.audit}/${id}/${hash}/${size}`
  const bulk = createBulk($('dialog'), address, order, () => plan(...planned, true))

  // -- talking to Python -------------------------------------------------------------------

  function send() {
    clearTimeout(reportTimer)
    sentAt = Date.now()
    contact.sent(++tick)
    component.setStateValue('sent', {
      session, tick, orders, view: data.view, cursor: page.cursor, number: page.number,
    })
  }

  // Sent until it is answered; Python carries out one number once.
  function order(kind, more = {}) {
    orders.push({ session, seq: next++, auditor: data.auditor, kind, ...more })
    send()
    drawSteps()
  }

  const resend = setInterval(() => {
    contact.check()
    if ((orders.length || contact.waited()) && Date.now() - sentAt > SEND_AGAIN_MS) send()
  }, 1000)

  function update(latest) {
    component = latest
    data = latest.data
    const answered = data.session === session ? data.tick : 0
    contact.answered(answered)
    const results = data.results.filter((r) => orders.some((o) => o.session === r.session && o.seq === r.seq))
    orders = orders.filter((o) => !results.some((r) => o.session === r.session && o.seq === r.seq))
    if (data.view !== viewed) {
      viewed = data.view
      selection.clear()
      awaited = at = anchor = 0
    }
    // An answer that was under way when the page was turned again is out of date.
    if (answered >= awaited) show(data.page)
    for (const result of results) receive(result)
    drawSelection()
    drawSteps()
    preload()
  }

  function receive(result) {
    if (!result.ok) return bulk.isOpen ? bulk.refuse(result.reason) : notify(result.reason)
    if (result.plan) return bulk.preview(result.plan)
    if (result.decided) {
      selection.clear()
      if (bulk.isOpen) bulk.close()
    }
    if (result.message) notify(result.message)
  }

  // -- pages ----------------------------------------------------------------------------------

  function turn(where) {
    const cursor = where === 'first' ? null : page[where]
    if (where !== 'first' && !cursor) {
      return notify(where === 'next' ? 'This is the last page.' : 'This is the first page.')
    }
    const number = { first: 1, next: page.number + 1, previous: page.number - 1 }[where]
    const known = [data.ahead, data.behind].find((other) => other?.cursor === cursor)
    at = anchor = 0
    show(known ?? { ...page, cursor, number, rows: null, next: null, previous: null })
    awaited = tick + 1
    // A page that is here is painted first; Python then hears where we are.
    if (known) reportTimer = setTimeout(send, REPORT_MS)
    else send()
    if (cells.some(({ button }) => button.matches(':focus'))) focus(0)
    if ($('.browse').getBoundingClientRect().top < 0) $('.browse').scrollIntoView()
  }

  // A page whose rows are not here yet leaves those of the one before where they are.
  function show(shown) {
    page = shown
    $('.number').textContent = data.count ? `Page ${page.number.toLocaleString()}` : ''
    $('[data-do=next]').disabled = Boolean(page.rows) && !page.next
    $('[data-do=previous]').disabled = $('[data-do=first]').disabled = Boolean(page.rows) && !page.previous
    box.toggleAttribute('aria-busy', !page.rows)
    if (!page.rows) return
    while (cells.length < page.rows.length) addCell()
    for (const { button } of cells.splice(page.rows.length)) button.remove()
    cells.forEach((cell, index) => cell.draw(page.rows[index]))
    settle(at)
    $('.empty').hidden = cells.length > 0
    $('nav').hidden = !cells.length
    drawSelection()
    const first = page.rows[0]?.id ?? ''
    if (first === box.dataset.painted) return
    Promise.all(cells.map((cell) => cell.ready)).then(() => requestAnimationFrame(
      () => requestAnimationFrame(() => { if (first === cells[0]?.row.id) box.dataset.painted = first }),
    ))
  }

  function preload() {
    warm = [...(data.ahead?.rows ?? []), ...(data.behind?.rows ?? [])].filter((row) => !row.fields).map((row) => {
      const image = new Image()
      image.fetchPriority = 'low'
      image.src = address(row.id, row.content_hash, 'thumb')
      return image
    })
  }

  function addCell() {
    const cell = createCell(address, (row) => painted.set(row.id, row.content_hash))
    const index = cells.push(cell) - 1
    cell.button.onclick = (event) => {
      if (event.shiftKey) extend(index)
      else choose(index, !selection.has(cell.row.id))
    }
    // However the focus came here: the keys act where it is.
    cell.button.onfocus = () => settle(index)
    cell.button.ondblclick = () => order('open', { item: cell.row.id })
    box.append(cell.button)
  }

  // -- selecting ---------------------------------------------------------------------------------

  // One image at a time is in the order of tabs.
  function settle(index) {
    at = Math.max(0, Math.min(index, cells.length - 1))
    cells.forEach(({ button }, other) => { button.tabIndex = other === at ? 0 : -1 })
  }

  function focus(index) {
    settle(index)
    cells[at].button.focus()
  }

  function choose(index, chosen) {
    anchor = index
    selection.set(cells[index].row, chosen)
    selection.mark()
    focus(index)
    drawSelection()
  }

  function extend(index) {
    const to = Math.max(0, Math.min(index, cells.length - 1))
    const range = cells.slice(Math.min(anchor, to), Math.max(anchor, to) + 1)
    selection.extend(range.map(({ row }) => row))
    focus(to)
    drawSelection()
  }

  function takePage() {
    for (const { row } of cells) selection.set(row, true)
    selection.mark()
    drawSelection()
  }

  function drawSelection() {
    for (const cell of cells) cell.select(selection.has(cell.row.id))
    const size = selection.size(data.count)
    const here = cells.filter(({ row }) => selection.has(row.id)).length
    $('.count').textContent = data.counted
    $('.bar').hidden = !size
    $('.chosen strong').textContent = `${size.toLocaleString()} selected`
      + (here < size && !selection.isAll ? `, ${here.toLocaleString()} on this page` : '')
    $('[data-do=page]').hidden = here === cells.length
    $('[data-do=whole]').hidden = !data.is_whole || size > 0
    $('[data-do=whole]').textContent = `Decide all ${data.count.toLocaleString()} together …`
    $('[data-do=all]').hidden = selection.isAll || size >= data.count || here < cells.length
    $('[data-do=all]').textContent = `Select all ${data.count.toLocaleString()} that match`
  }

  function drawSteps() {
    for (const [name, key] of [['undo', 'Z'], ['redo', 'Shift Z']]) {
      const button = $(`[data-do=${name}]`)
      button.hidden = !data[name]
      button.replaceChildren(data[name]?.message ?? '', make('kbd', { textContent: key }))
    }
    root.querySelector('.browse').toggleAttribute('data-busy', orders.length > 0)
  }

  function notify(text) {
    $('.notice').textContent = text
    clearTimeout(noticeTimer)
    noticeTimer = setTimeout(() => { $('.notice').textContent = '' }, NOTICE_MS)
  }

  // -- keys and clicks ---------------------------------------------------------------------------

  const actions = {
    first: () => turn('first'),
    next: () => turn('next'),
    previous: () => turn('previous'),
    page: takePage,
    all: () => { selection.takeAll(); drawSelection() },
    whole: () => { selection.takeAll(); drawSelection() },
    clear: () => { selection.clear(); drawSelection() },
    undo: () => data.undo ? order('undo', { action: data.undo.action }) : notify('Nothing to undo.'),
    redo: () => data.redo ? order('redo') : notify('Nothing to redo.'),
    another_class: () => bulk.pick(data.classes, (name) => plan(TERMS.one, [name])),
    history: () => cells.length && order('history', { item: cells[at].row.id }),
    locate: () => cells.length && order('locate', { item: cells[at].row.id }),
    one_by_one: () => order('one_by_one', { selection: selection.chosen }),
  }
  function plan(verdict, labels = [], again = false) {
    planned = [verdict, labels]
    if (!orders.some(({ kind }) => kind === 'plan')) order('plan', { verdict, labels, again, selection: selection.chosen })
  }

  function onCellKey(event) {
    const columns = getComputedStyle(box).gridTemplateColumns.split(' ').length
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: cells.length - 1 - at }
    if (event.key in steps) event.shiftKey ? extend(at + steps[event.key]) : (focus(at + steps[event.key]), anchor = at, selection.mark())
    else if (event.key === ' ') event.repeat || (event.shiftKey ? extend(at) : choose(at, !selection.has(cells[at].row.id)))
    else if (event.key === 'Enter') event.repeat || order('open', { item: cells[at].row.id })
    else return false
    return true
  }

  function onKey(event) {
    const path = event.composedPath()
    if (bulk.isOpen || event.altKey || path[0].matches?.(FIELDS)) return
    if (path.some((node) => node.matches?.('[role=dialog], [data-baseweb=popover]'))) return
    const onCell = cells.some(({ button }) => button === path[0])
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') takePage()
    else if (event.ctrlKey || event.metaKey) return
    else if (onCell && onCellKey(event)) { /* done */ } else {
      const name = KEYS[event.key.length > 1 || event.shiftKey ? event.key : event.key.toLowerCase()]
      // PageUp and PageDown scroll the page, unless the grid has the focus.
      if (!name || (name === 'clear' && !selection.size(data.count)) || (event.key.startsWith('Page') && !path.includes(root))) return
      if (!event.repeat) actions[name]()
    }
    event.preventDefault()
    event.stopPropagation()
  }
  document.addEventListener('keydown', onKey, true)

  $('.bar .verdicts').replaceChildren(...bulkButtons())
  for (const button of root.querySelectorAll('[data-do]')) button.onclick = () => actions[button.dataset.do]()
  for (const button of root.querySelectorAll('[data-verdict]')) {
    button.onclick = () => plan(button.dataset.verdict, button.dataset.labels)
  }

  function resize(size) {
    localStorage.setItem(sizeKept, size)
    box.dataset.size = size
    for (const button of root.querySelectorAll('[data-size]')) {
      if (button !== box) button.setAttribute('aria-pressed', button.dataset.size === size)
    }
  }
  for (const button of root.querySelectorAll('.sizes button')) button.onclick = () => resize(button.dataset.size)
  resize(SIZES.find((size) => size === localStorage.getItem(sizeKept)) ?? (isBeside ? 'small' : 'medium'))

  // Another window may have stored verdicts meanwhile.
  const onReturn = () => { if (document.visibilityState === 'visible') send() }
  document.addEventListener('visibilitychange', onReturn)

  return {
    update,
    close() {
      clearInterval(resend)
      contact.stop()
      clearTimeout(noticeTimer)
      clearTimeout(reportTimer)
      document.removeEventListener('keydown', onKey, true)
      document.removeEventListener('visibilitychange', onReturn)
    },
  }
}
