// Part of the desk: the picture in the middle, or why there is none and what can be done then.

// Verdicts that need no picture: an image that cannot be shown is a bad one.
const UNSEEN_VERDICTS = new Set(Object.keys(TERMS.verdicts).filter((verdict) => !TERMS.verdicts[verdict].needs_picture))
const UNSEEN_ACTIONS = VERDICT_ACTIONS.filter(({ verdict }) => UNSEEN_VERDICTS.has(verdict))

// `address` gives that of an image by id, content hash and size; `painted` is called with an item's
// id when its picture has been on the screen.
function createStage(root, shelf, address, painted) {
  const $ = (selector) => root.querySelector(selector)
  const frame = $('.frame'), notice = $('.missing')
  let picture = null, width = 0, height = 0, over = null, inset = null, card = null

  const button = (name, text) => {
    const element = make('button', {}, span(text))
    element.dataset.do = name
    return element
  }
  notice.querySelector('.acts').replaceChildren(
    button('skip', 'Skip'),
    ...UNSEEN_ACTIONS.map(({ name, button: text }) => button(name, text)),
    button('reload', 'Load again'),
  )
  const isUnseen = (name) => UNSEEN_ACTIONS.some((action) => action.name === name)

  function fit() {
    ;({ clientWidth: width, clientHeight: height } = frame)
    if (picture?.ready && picture.element.naturalWidth) enlarge()
  }
  function enlarge() {
    enlargeTiny(picture.element, width, height)
    if (!card.box) return
    const place = placeIn(picture.element, { width, height })
    layOver(over, place)
    inset?.remove()
    inset = cropInset(address, card, place, { width, height })
    if (inset) frame.append(inset)
  }
  new ResizeObserver(fit).observe(frame)

  function draw() {
    const problem = picture.problem
    if (problem) $('.desk').dataset.missing = picture.isAway ? 'away' : 'broken'
    else delete $('.desk').dataset.missing
    notice.hidden = !problem
    if (problem && notice.firstElementChild.textContent !== problem) notice.firstElementChild.textContent = problem
    for (const element of notice.querySelectorAll('button')) {
      element.hidden = picture.isAway && isUnseen(element.dataset.do)
    }
    over = card.box && boxOver(card.box)
    frame.replaceChildren(...(picture.ready ? [picture.element, over].filter(Boolean) : []))
    if (!picture.ready) return
    if (!width) fit()
    else if (picture.element.naturalWidth) enlarge()
    const shown = picture, { id } = card
    afterPaint(() => { if (picture === shown && shown.ready) painted(id) })
  }

  return {
    show(next) {
      card = next
      picture = shelf.image(card)
      const shown = picture
      shown.changed = () => { if (picture === shown) draw() }
      draw()
    },
    reload() { picture.reload(); picture.changed() },
    get problem() { return picture?.problem ?? null },
    // Whether an action, or a verdict, may be carried out without a picture on the screen.
    allows: (name) => Boolean(picture?.problem) && (['skip', 'reload'].includes(name) || (isUnseen(name) && !picture.isAway)),
    allowsVerdict: (verdict) => Boolean(picture?.problem) && !picture.isAway && UNSEEN_VERDICTS.has(verdict),
  }
}
