// Part of the grid: what is selected. Either some images by id, or all that match but some.
// Each is kept with the content and the label that were on screen: what is judged is what was there.
// `painted` gives, by id, the content whose picture has been there.

function createSelection(painted) {
  let all = false
  let some = new Map()
  let before = some
  return {
    has: (id) => some.has(id) !== all,
    // Of `count` images that match.
    size: (count) => all ? Math.max(0, count - some.size) : some.size,
    get isAll() { return all },
    set({ id, content_hash: hash, given }, chosen) {
      if (chosen === all) some.delete(id)
      else some.set(id, [hash, given ?? null])
    },
    // From here a range is extended; what was selected before stays so.
    mark() { before = new Map(some) },
    extend(rows) {
      some = new Map(before)
      for (const row of rows) this.set(row, true)
    },
    takeAll() { all = true; some = new Map() },
    clear() { all = false; some = new Map(); before = some },
    // As Python reads it: an image whose picture was not shown has no content.
    get chosen() {
      if (all) return { all: true, without: [...some.keys()] }
      const onScreen = [...some].map(([id, [hash, given]]) =>
        [id, [painted.get(id) === hash ? hash : null, given]])
      return { all: false, ids: Object.fromEntries(onScreen) }
    },
  }
}
