// Part of the desk: what was done and is not yet known to be on disk.

// Every action has a number in its session, by which it is stored once however often it is sent.
// It survives a reload in localStorage.
function createOutbox(audit) {
  const prefix = `second-look:${audit}:`
  const session = sessionName()
  let next = 0
  let actions = []
  const keep = () => {
    const own = actions.filter((action) => action.session === session)
    if (own.length) localStorage.setItem(prefix + session, JSON.stringify(own))
    else localStorage.removeItem(prefix + session)
  }
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(prefix))) {
    try { actions.push(...JSON.parse(localStorage.getItem(key))) } catch { localStorage.removeItem(key) }
  }
  return {
    add(action) { actions.push({ ...action, session, seq: next++ }); keep() },
    settle(result) {
      actions = actions.filter((a) => a.session !== result.session || a.seq !== result.seq)
      if (result.session === session) return keep()
      const key = prefix + result.session
      const left = JSON.parse(localStorage.getItem(key) ?? '[]').filter((a) => a.seq !== result.seq)
      if (left.length) localStorage.setItem(key, JSON.stringify(left))
      else localStorage.removeItem(key)
    },
    get actions() { return actions },
    find: (result) => actions.find((a) => a.session === result.session && a.seq === result.seq),
    // The last action on an item that is still on its way, or undefined.
    pending(item) { return actions.findLast((action) => action.item === item) },
  }
}

// What an action leaves of an item: a decision, or null.
const decisionAfter = (action) =>
  action.verdict === 'undo' ? null : action.verdict === 'redo' ? action.again : action
