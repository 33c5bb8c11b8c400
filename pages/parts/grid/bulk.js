// Part of the grid: one verdict on many images. First what would change, then eight drawn at
// random that the auditor judges, then the decision for all. `order` sends it to Python,
// `planAgain` asks for the same with those that were judged before.

// A button for each verdict that is given to many; where it names a class, one for each image's
// own suggestion and one for a class that is picked.
function bulkButtons() {
  const button = (textContent, dataset, className = '') => {
    const element = make('button', { textContent, className })
    Object.assign(element.dataset, dataset)
    return element
  }
  const given = Object.entries(TERMS.verdicts).filter(([, { bulk }]) => bulk)
  return given.sort(([a], [b]) => (b === TERMS.one) - (a === TERMS.one)).flatMap(([verdict, { bulk }]) =>
    verdict !== TERMS.one ? [button(bulk.button, { verdict })]
      : [button(bulk.button, { verdict, labels: 'suggested' }, 'main'), button('Another class …', { do: 'another_class' })])
}

const HOLD_MS = 150

function createBulk(dialog, address, order, planAgain) {
  let plan = null

  function open(...content) {
    dialog.replaceChildren(...content)
    if (!dialog.open) dialog.showModal()
  }
  function close() {
    plan = null
    dialog.close()
    dialog.replaceChildren()
  }
  const later = () => make('button', { textContent: 'Not now', onclick: close })
  const again = () => make('button', {
    className: 'quiet', textContent: `Include ${plan.judged.toLocaleString()} already judged`, onclick: planAgain,
  })
  const problem = () => make('p', { className: 'problem', role: 'alert' })

  const altOf = (row) => `labeled ${row.given ?? 'nothing'}`

  // -- what would change -------------------------------------------------------------------------

  function preview(latest) {
    plan = latest
    const go = plan.drawn.length
      ? make('button', { className: 'main', textContent: `Look at ${plan.drawn.length} of them first`, onclick: gate })
      : decideButton(() => [])
    if (!plan.size) go.hidden = true
    open(
      make('h3', { textContent: plan.title }),
      make('ul', {}, ...plan.changes.map((line) => make('li', { textContent: line }))),
      ...plan.skipped.map((line) => make('p', { className: 'soft', textContent: line })),
      make('div', { className: 'glimpse' }, ...plan.glimpse.map((row) => smallPicture(address, row, { alt: altOf(row) }))),
      problem(),
      make('div', { className: 'ways' }, ...(plan.judged ? [again()] : []), later(), go),
    )
    dialog.dataset.step = 'preview'
    ;(go.hidden ? dialog.querySelector('.ways button') : go).focus()
  }

  function decideButton(wrong) {
    const button = make('button', { className: 'main decide', onclick: () => {
      // Once: a second click finds the button at rest.
      for (const other of dialog.querySelectorAll('button')) other.disabled = true
      button.textContent = 'Saving …'
      const judged = plan.drawn.length > 0
      order('decide', { plan: plan.token, wrong: wrong(), judged })
    } })
    button.textContent = plan.decide[0]
    return button
  }

  // -- eight of them -----------------------------------------------------------------------------

  function gate() {
    const judged = new Map()
    const wrong = () => [...judged].filter(([, right]) => !right).map(([id]) => id)
    const decide = decideButton(wrong)
    const sentence = make('p', { className: 'sentence', tabIndex: -1 })
    sentence.setAttribute('role', 'status')
    const rows = plan.glimpse.filter(({ id }) => plan.drawn.includes(id))
    const tell = (text) => { sentence.textContent = text }
    const tiles = rows.map((row) => tile(row, tell, (right) => {
      judged.set(row.id, right)
      draw()
      const left = tiles.find(({ id }) => !judged.has(id))
      if (left) left.focus()
      else sentence.focus()
    }))
    function draw() {
      const rest = plan.drawn.length - judged.size
      const agreed = judged.size - wrong().length
      sentence.textContent = rest ? `${rest} still to judge.` : plan.sentences[agreed]
      decide.disabled = rest > 0
      decide.textContent = plan.decide[wrong().length] ?? 'No image is left'
      if (!plan.decide[wrong().length]) decide.disabled = true
    }
    open(
      make('h3', { textContent: plan.question }),
      make('p', { className: 'soft' }, make('kbd', { textContent: 'Space' }), ' right  ', make('kbd', { textContent: 'X' }), ' wrong  ', make('kbd', { textContent: '← →' }), ' move'),
      make('div', { className: 'tiles' }, ...tiles.map(({ element }) => element)),
      sentence,
      problem(),
      make('div', { className: 'ways' }, later(), decide),
    )
    dialog.dataset.step = 'gate'
    dialog.onkeydown = (event) => {
      const index = tiles.findIndex(({ element }) => element.contains(event.target))
      if (index < 0) return
      if (event.key.toLowerCase() === 'x') event.repeat || tiles[index].mark(false)
      else if (event.key === 'ArrowRight') tiles[Math.min(index + 1, tiles.length - 1)].focus()
      else if (event.key === 'ArrowLeft') tiles[Math.max(index - 1, 0)].focus()
      else return
      event.preventDefault()
    }
    draw()
    tiles[0].focus()
  }

  function tile(row, tell, judge) {
    const buttons = [[true, 'Right', '✓'], [false, 'Wrong', '✕']].map(([right, name, sign]) => {
      const button = make('button', { textContent: `${sign} ${name}`, onclick: () => mark(right) })
      button.setAttribute('aria-pressed', 'false')
      return button
    })
    const picture = loadPicture(address, row, ownSize(row), { alt: altOf(row) })
    const box = make('div', { className: 'picture' })
    const caption = make('figcaption', { textContent: row.becomes })
    // What was not seen is not right; what cannot be shown may be left out.
    const mayBe = (right) => picture.painted || (!right && picture.problem && !picture.isAway)
    let held = null
    const draw = () => {
      if (picture.element.naturalWidth) enlargeTiny(picture.element, box.clientWidth, box.clientHeight)
      buttons.forEach((button, index) => button.setAttribute('aria-disabled', !mayBe(index === 0)))
      buttons[1].textContent = picture.problem ? '✕ Leave out' : '✕ Wrong'
      if (held !== null && picture.painted) mark(held)
    }
    // A key pressed a moment before the picture is there is held until then.
    const hold = (right) => {
      held = right
      setTimeout(() => {
        if (held !== null) tell('This image is still loading; it was not judged.')
        held = null
      }, HOLD_MS)
    }
    const mark = (right) => {
      if (!mayBe(right)) return picture.problem ? tell(picture.problem) : hold(right)
      held = null
      buttons.forEach((button, index) => button.setAttribute('aria-pressed', right === (index === 0)))
      element.dataset.judged = right ? 'right' : 'wrong'
      judge(right)
    }
    const element = make('figure', {}, box, caption, make('div', {}, ...buttons))
    placePicture(box, picture, draw)
    draw()
    return { id: row.id, element, mark, focus: () => buttons[0].focus() }
  }

  // -- another class -----------------------------------------------------------------------------

  const pickClass = createPicker({
    open: (label, content) => {
      dialog.dataset.step = 'pick'
      open(make('h3', { textContent: label }), ...content, make('div', { className: 'ways' }, later()))
    },
    close,
  })
  const pick = (classes, chosen) => pickClass({ card: { likely: [] }, classes, done: ([name]) => chosen(name) })

  // What is typed here is no key of the page.
  dialog.addEventListener('keydown', (event) => event.stopPropagation())
  dialog.onclose = () => { plan = null }

  return {
    preview,
    pick,
    close,
    // A decision that was refused stays open, with the reason.
    refuse(reason) {
      const problem = dialog.querySelector('.problem')
      if (!dialog.open || !problem) return
      problem.textContent = reason
      dialog.querySelector('.decide')?.remove()
      for (const button of dialog.querySelectorAll('button')) button.disabled = false
    },
    get isOpen() { return dialog.open },
  }
}
