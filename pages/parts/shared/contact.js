// What the desk and the grid share: whether Python answers, and what to do when it does not.

// A fragment that a new session of a restarted server has never run is not found there, and
// Streamlit's client, connected again, does not always run the page: it is asked to.
const PAGE_AGAIN_MS = 4000
// A connection that only seems to be one is given up, by a reload that costs nothing.
const RELOAD_MS = 45_000
const RELOADS_APART_MS = 300_000
const RELOADED_AT = 'second-look:reloaded'
// What somebody does elsewhere on the page goes first: Streamlit folds a report from here that is
// sent meanwhile and their click into one run.
const ELSEWHERE_MS = 1500

// `root` is where the part lies; `reload` is called before the page is loaded again: without it,
// it never is.
function createContact(root, reload = null) {
  let last = 0, waitingFrom = null, askedAt = 0, elsewhereAt = 0, checking = false
  const waited = () => (waitingFrom === null ? 0 : Date.now() - waitingFrom)
  const onElsewhere = (event) => {
    const isKey = event.type === 'keydown'
    // A key without a focus is the desk's.
    if (isKey && (event.target === document.body || !['Enter', ' '].includes(event.key))) return
    if (!event.composedPath().includes(root)) elsewhereAt = Date.now()
  }
  window.addEventListener('pointerdown', onElsewhere, true)
  window.addEventListener('keydown', onElsewhere, true)

  async function reloadOnce() {
    if (checking || Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < RELOADS_APART_MS) return
    checking = true
    const isThere = await fetch('/_stcore/health', { cache: 'no-store' }).then(({ ok }) => ok, () => false)
    checking = false
    if (!isThere || !waitingFrom) return
    sessionStorage.setItem(RELOADED_AT, Date.now())
    reload()
    location.reload()
  }

  return {
    // Milliseconds since something was sent that nothing sent since has been answered after.
    waited,
    // Whether a report that can wait should.
    get isElsewhere() { return Date.now() - elsewhereAt < ELSEWHERE_MS },
    sent(tick) { last = tick; waitingFrom ??= Date.now() },
    answered(tick) { if (tick) waitingFrom = tick >= last ? null : Date.now() },
    // Called now and then: asks for the whole page, and in the end loads it again.
    check() {
      if (reload && waited() > RELOAD_MS) reloadOnce()
      if (waited() < PAGE_AGAIN_MS || Date.now() - askedAt < PAGE_AGAIN_MS) return
      askedAt = Date.now()
      window.dispatchEvent(new Event(TERMS.page_again))
    },
    stop() {
      window.removeEventListener('pointerdown', onElsewhere, true)
      window.removeEventListener('keydown', onElsewhere, true)
    },
  }
}
