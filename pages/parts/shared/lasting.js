// What desk and grid share: a part that lasts as long as it is on the page.
//
// Streamlit calls what a part has returned when the part leaves the page, and also, with the part
// still in place, when newer data overtake a call of it. Only the first may end the part: after
// the second it would begin anew, without what was pressed, visited and undone.
//
// `create` is called with the root and the component, and returns `update` and `close`.
function lasting(create) {
  return (component) => {
    const root = component.parentElement
    root.part ??= create(root, component)
    root.part.update(component)
    return () => {
      if (root.isConnected || !root.part) return
      root.part.close()
      delete root.part
    }
  }
}
