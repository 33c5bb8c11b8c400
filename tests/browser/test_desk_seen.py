"""What people with weak eyes, or without a mouse, need of the desk."""

import pytest

from tests.browser.desk_driver import sign_in

LEAST_CONTRAST = 4.5

# Contrast of every text on the desk with what lies behind it (WCAG 2.2, success criterion 1.4.3).
FAINT_TEXTS = """least => {
  const root = [...document.querySelectorAll('*')].map(e => e.shadowRoot).find(r => r?.querySelector('.desk'))
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = (color) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = color; paint.fillRect(0, 0, 1, 1)
    return [...paint.getImageData(0, 0, 1, 1).data].map((v, i) => i < 3 ? v : v / 255)
  }
  const over = ([r, g, b, a], under) => [r, g, b].map((v, i) => v * a + under[i] * (1 - a))
  const behind = (element) => {
    const layers = []
    for (let e = element; e; e = e.parentElement ?? e.getRootNode().host) {
      const color = rgba(getComputedStyle(e).backgroundColor)
      layers.push(color)
      if (color[3] === 1) break
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255])
  }
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    return .2126 * r + .7152 * g + .0722 * b
  }
  const faint = []
  let count = 0
  for (const e of root.querySelectorAll('*')) {
    if (e.closest('style, :disabled, [hidden]') || !e.checkVisibility()) continue
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue
    const back = behind(e)
    const [a, b] = [light(over(rgba(getComputedStyle(e).color), back)), light(back)].sort((x, y) => y - x)
    count += 1
    if ((a + .05) / (b + .05) < least) faint.push(`${e.tagName}.${e.className} ${e.textContent} ${((a + .05) / (b + .05)).toFixed(2)}`)
  }
  return { faint, count }
}"""  # noqa: E501

FOCUSED = """() => {
  let active = document.activeElement
  while (active.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  const part = active.closest('.foot, .verdicts, .neighbors, .peers, footer')
  return (part ?? active).className || (part ?? active).tagName
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_and_the_focus_goes_from_the_image_down(visitor, small, theme):
    address, _ = small
    page = visitor(color_scheme=theme)
    sign_in(page, address, path="review?everything=1")
    for key in [None, "?", "m", "t"]:
        if key:
            page.keyboard.press(key)
            page.locator("dialog[open]").wait_for()
        found = page.evaluate(FAINT_TEXTS, LEAST_CONTRAST)
        assert found["count"] > 40
        assert found["faint"] == []
        page.keyboard.press("Escape")
    page.locator(".stage").focus()
    seen = []
    for _ in range(42):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    order = [place for place in dict.fromkeys(seen) if place != "BODY"]
    assert order[:5] == ["foot", "verdicts", "strip neighbors", "strip peers", "FOOTER"]
