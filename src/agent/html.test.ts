import { describe, expect, test } from 'vitest'
import { decodeEntities, type StartTag, tags, textById, valueByName } from './html.ts'
import { parseRefresh, readPage } from './page.ts'

describe('entities', () => {
  test.each([
    ['a&amp;b', 'a&b', 'a&b'],
    ['&lt;&gt;&quot;&apos;', '<>"\'', '<>"\''],
    ['&#38;&#x2F;&#X2f;', '&//', '&//'],
    ['&#0;&#xD800;&#x110000;', '\ufffd\ufffd\ufffd', '\ufffd\ufffd\ufffd'],
    ['http&colon;&sol;&sol;x', 'http://x', 'http://x'],
    ['?a=1&lt=2', '?a=1<=2', '?a=1&lt=2'],
    ['?a=1&ltx', '?a=1<x', '?a=1&ltx'],
    ['?a=1&amp', '?a=1&', '?a=1&'],
    ['&copy=1&state=2', '&copy=1&state=2', '&copy=1&state=2'],
    ['&amp;amp;', '&amp;', '&amp;'],
    ['&#128512;', '😀', '😀'],
  ])('%s', (source, text, attribute) => {
    expect(decodeEntities(source)).toBe(text)
    expect(decodeEntities(source, true)).toBe(attribute)
  })
})

describe('tags', () => {
  const names = (html: string) => [...tags(html)].map((tag) => (tag.kind === 'end' ? `/${tag.name}` : tag.name))

  test.each([
    ['<!DOCTYPE html><P>x</p><br/>', ['p', '/p', 'br']],
    ['<!-- <form> --><a>', ['a']],
    ['<!-- never closed <form>', []],
    ['<script>"<form>"</script><b>', ['script', '/script', 'b']],
    ['<noscript><meta http-equiv=refresh></noscript>', ['noscript', '/noscript']],
    ['<textarea><form></textarea>', ['textarea', '/textarea']],
    ['a < b and c <d', []],
    ['<script>never closed <b>', ['script']],
  ])('%s', (html, expected) => {
    expect(names(html)).toEqual(expected)
  })

  test('attributes', () => {
    const [tag] = [...tags(`<INPUT Type = "hidden" name='a>b' value=x&amp;y disabled value=second data-x="1"/>`)]
    expect(tag).toMatchObject({ name: 'input' })
    expect(Object.fromEntries((tag as StartTag).attributes)).toEqual({
      type: 'hidden',
      name: 'a>b',
      value: 'x&y',
      disabled: '',
      'data-x': '1',
    })
  })

  test('hostile megabytes cost linear time', () => {
    for (const piece of ['<a ', '<a =', '="', '<a b="', '<!--', '&#', '<script>', '</', "=a='"]) {
      expect([...tags(piece.repeat(1_000_000 / piece.length))].length).toBeLessThan(1_000_000)
    }
  })
})

describe('refresh', () => {
  test.each([
    ['0;url=/next', { delay: 0, url: '/next' }],
    ["5; URL='/a b'", { delay: 5, url: '/a b' }],
    ['1, http://x/', { delay: 1, url: 'http://x/' }],
    ['2.9;url="/q" trailing', { delay: 2, url: '/q' }],
    ['3', { delay: 3, url: null }],
    ['0; next', { delay: 0, url: 'next' }],
    ['.5;url=x', { delay: 0, url: 'x' }],
    ['soon', null],
    ['', null],
  ])('%s', (content, expected) => {
    expect(parseRefresh(content)).toEqual(expected)
  })
})

describe('pages', () => {
  const submit = '<script>document.forms[0].submit()</script>'

  test('a form_post page', () => {
    const page = readPage(`<body onload="javascript:document.forms[0].submit()">
      <form method="POST" action="http://x/cb?a=1&amp;b=2"><input type=hidden name=code value='a&#x2B;b'><input type="submit" name="go" value="Go"></form>`)
    expect(page.autoSubmit).toMatchObject({ method: 'POST', action: 'http://x/cb?a=1&b=2', fields: [['code', 'a+b']] })
  })

  test.each([
    ['no script', '<form><input type=hidden name=a></form>'],
    ['a field to fill in', `<form><input name=user></form>${submit}`],
    ['a password', `<form><input type=password name=p></form>${submit}`],
    ['a choice', `<form><select name=s><option>1</select></form>${submit}`],
    ['two forms', `<form></form><form></form>${submit}`],
    ['a script in noscript', `<form></form><noscript>${submit}</noscript>`],
    ['a script in a comment', `<form></form><!--${submit}-->`],
    ['a form in a template', `<template><form></form></template>${submit}`],
    ['a submit on click only', '<form><button onclick="this.form.submit()">Yes</button></form>'],
  ])('%s: nothing is submitted', (_name, html) => {
    expect(readPage(html).autoSubmit).toBeNull()
  })

  test('fields as a script would send them', () => {
    const page =
      readPage(`<form id=f><input type=hidden name=a value=1><input type=hidden name=b disabled><input type=hidden value=nameless>
      <button name=x value=y></button></form><input type=hidden form=f name=late value=2>${submit}`)
    expect(page.autoSubmit?.fields).toEqual([
      ['a', '1'],
      ['late', '2'],
    ])
  })

  test('what a page loads', () => {
    const page =
      readPage(`<link rel="stylesheet" href="a.css"><link rel=canonical href=/no><link rel=modulepreload href=m.js><link rel=preload as=font href=f.woff2>
      <script src="b.js"></script><script type=module src=c.mjs></script><img src=d.png><img srcset="e.png 2x, f.png 3x"><iframe src=g></iframe>
      <picture><source srcset="h.webp"></picture><video src=i.mp4 poster=j.png></video><object data=k></object><template><img src=no></template>`)
    expect(page.resources.map(({ url, dest, cors }) => `${dest}:${url}${cors ? ' cors' : ''}`)).toEqual([
      'style:a.css',
      'script:m.js cors',
      'font:f.woff2 cors',
      'script:b.js',
      'script:c.mjs cors',
      'image:d.png',
      'image:e.png',
      'iframe:g',
      'image:h.webp',
      'image:j.png',
      'video:i.mp4',
      'object:k',
    ])
  })

  test('base, refresh and referrer policy', () => {
    const page = readPage('<base href=/b/><meta name=referrer content=no-referrer><META HTTP-EQUIV="Refresh" CONTENT="0; URL=c">')
    expect(page).toMatchObject({ base: '/b/', referrerPolicy: 'no-referrer', refresh: { delay: 0, url: 'c' } })
  })
})

test.each([
  ['<p id="x">a &amp; <b>b</b><!-- no -->c</p>d', 'a & bc'],
  ['<div id=x><div>in</div>ner</div>outer', 'inner'],
  ['<script type="application/json" id="x">{"a":"&lt;<b>"}</script>', '{"a":"&lt;<b>"}'],
  ['<textarea id="x">a&lt;</textarea>', 'a<'],
  ['<input id="x" value="v&quot;"><p id="x">second</p>', 'v"'],
  ['<meta id="x" content="c">', 'c'],
  ['<p id="x">never closed', 'never closed'],
  ['<p id="x"></p>', ''],
  ['<p id="y">x</p><!-- <p id="x">no</p> -->', null],
])('the text of an element by its id: %s', (html, text) => {
  expect(textById(html, 'x')).toBe(text)
})

test.each([
  ['<form><input type="hidden" name="_csrf" value="a&amp;b"></form>', 'a&b'],
  ['<meta name="_csrf" content="c">', 'c'],
  ['<a name="_csrf">x</a><input name="other" value="o">', null],
])('a value by its name: %s', (html, value) => {
  expect(valueByName(html, '_csrf')).toBe(value)
})
