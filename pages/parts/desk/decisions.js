// Part of the desk: what is decided, undone and redone, as far as this browser knows.

// `auditor` is who decides.
function createDecisions(outbox, shelf, auditor) {
  const { cards, pictures } = shelf
  const mine = [], undone = []
  // By item, the copies of it that were decided with it.
  const together = new Map()
  const known = (id) => cards.get(id) ?? pictures.get(id)

  function of(id) {
    const action = outbox.pending(id)
    if (action) return decisionAfter(action)
    return known(id)?.verdict ? known(id) : null
  }
  const add = (action) => outbox.add({ labels: [], ...action, auditor })

  return {
    of,
    // The items that were decided here last.
    latest: (count) => mine.slice(-count),
    // `copies` are decided with it: id, verdict and labels of each.
    record(id, role, verdict, labels = [], copies = []) {
      undone.length = 0
      together.set(id, copies.map(([copy]) => copy))
      for (const [item, its, names] of [...copies, [id, verdict, labels]]) {
        const { content_hash, given = null, seen } = known(item)
        mine.push(item)
        add({ item, role, verdict: its, labels: names, content_hash, given, seen })
      }
    },
    // Undoes the last decision, of this visit or else of those before: its item, or null.
    undo(recent) {
      const judged = (id) => of(id) !== null
      const item = mine.findLast(judged) ?? recent.find((id) => judged(id) && cards.has(id))
      if (!item) return null
      const takeBack = (id) => {
        if (mine.includes(id)) mine.splice(mine.lastIndexOf(id), 1)
        const { verdict, labels } = of(id)
        add({ item: id, verdict: 'undo' })
        return { item: id, verdict, labels }
      }
      const copies = (together.get(item) ?? []).filter(judged).map(takeBack)
      undone.push({ ...takeBack(item), copies })
      return undone.at(-1)
    },
    // Redoes what was undone last, before a reload perhaps: then `before` names its items.
    redo(before) {
      const waits = !outbox.actions.some(({ verdict }) => verdict !== 'undo')
      const item = waits && before.find((id) => cards.has(id) && !outbox.pending(id))
      const again = undone.pop() ?? (item && { item, verdict: 'again', labels: [] })
      if (!again) return null
      for (const { item: id, verdict, labels } of [...again.copies ?? [], again]) {
        mine.push(id)
        add({ item: id, verdict: 'redo', again: { verdict, labels } })
      }
      return again
    },
    // Takes note of what is on disk; returns the results that are refused.
    settle(results) {
      const refused = []
      for (const result of results) {
        const sent = outbox.find(result)
        if (!sent) continue
        if (result.ok) {
          const { verdict = null, labels = [] } = decisionAfter(sent) ?? {}
          // The window that comes with the answer need not hold the item any more.
          shelf.decide(sent.item, { verdict, labels, auditor: sent.auditor })
        } else if (!result.retry) {
          refused.push(result)
          if (mine.includes(sent.item)) mine.splice(mine.lastIndexOf(sent.item), 1)
        }
        if (result.ok || !result.retry) outbox.settle(result)
      }
      return refused
    },
    // By how many items the count of the decided is ahead of what Python has counted.
    ahead() {
      const onTheWay = new Set(outbox.actions.map((action) => action.item).filter((id) => cards.has(id)))
      return [...onTheWay].reduce((sum, id) => sum + Boolean(of(id)) - Boolean(cards.get(id).verdict), 0)
    },
  }
}
