// Part of the desk: exact copies of the image on screen that have other labels. One look decides
// them all, as long as the box beside them is ticked.

// `decisionOf` gives what is decided of an item, or null.
function createCopies(root, { shelf, decisionOf }) {
  const line = root.querySelector('.copies')
  const box = line.querySelector('input')

  // The copies that are not decided: the same bytes under another label.
  function of(card) {
    const near = [...new Set(shelf.neighborsOf(card))].filter((id) => id !== card.id)
    return near.filter((id) => {
      const copy = shelf.pictures.get(id)
      return card.content_hash && copy?.content_hash === card.content_hash
        && copy.given && copy.given !== card.given && !decisionOf(id)
    })
  }

  // What a verdict on a picture is for a copy of it that is labeled `given`: keeping one label
  // gives it to the others. An auditor who is unsure has decided nothing.
  function decisionFor(card, given, verdict, labels) {
    const right = verdict === TERMS.confirming ? card.given : verdict === TERMS.one ? labels[0] : null
    if (right === null) return [verdict, labels]
    return right === given ? [TERMS.confirming, []] : [TERMS.one, [right]]
  }

  return {
    draw(card, isOffered) {
      const copies = isOffered && !decisionOf(card.id) ? of(card) : []
      const names = [...new Set(copies.map((id) => shelf.pictures.get(id).given))].join(', ')
      line.hidden = !copies.length
      line.lastChild.textContent = copies.length === 1
        ? `Decide its exact copy, labeled ${names}, too` : `Decide its ${copies.length} exact copies, labeled ${names}, too`
    },
    // The further decisions that one on `card` brings: id, verdict and labels of each.
    decisions(card, verdict, labels = []) {
      if (!box.checked || line.hidden || !TERMS.verdicts[verdict].is_sure) return []
      return of(card).map((id) => [id, ...decisionFor(card, shelf.pictures.get(id).given, verdict, labels)])
    },
  }
}
