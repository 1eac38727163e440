import { BuiltinError, parseJson, type Value } from "@writ/evaluator";
import { describe, expect, it } from "vitest";
import { template } from "./template.ts";

/** What OPA renders; undefined where it says an error. */
const cases: readonly (readonly [text: string, values: object, rendered: string | undefined])[] = [
  ["{{.x}}", { x: 1 }, "1"],
  ["{{.x}}", { x: 1.5 }, "1.5"],
  ["{{if .x}}y{{else}}n{{end}}", { x: 0 }, "y"],
  ["{{eq .x 1}}", { x: 1 }, undefined],
  ['{{eq .x "1"}}', { x: 1 }, "true"],
  ["{{gt .x 1}}", { x: 2 }, undefined],
  ["{{len .x}}", { x: [1, 2] }, "2"],
  ["{{len .x}}", { x: 12345 }, "5"],
  ["{{.x}}", { x: null }, "<no value>"],
  ["{{.x}}", { x: [1, null, "a", true] }, "[1 <nil> a true]"],
  ["{{.x}}", { x: { b: 1, a: [2] } }, "map[a:[2] b:1]"],
  ["{{.y}}", { x: 1 }, undefined],
  ["{{range .x}}<{{.}}>{{end}}", { x: ["a", "b"] }, "<a><b>"],
  ["{{range $i, $e := .x}}{{$i}}={{$e}},{{end}}", { x: ["a", "b"] }, "0=a,1=b,"],
  ["{{range $k, $v := .x}}{{$k}}={{$v}},{{end}}", { x: { b: 1, a: 2 } }, "a=2,b=1,"],
  ["{{range .x}}a{{else}}none{{end}}", { x: [] }, "none"],
  ["{{range 3}}{{.}}{{end}}", {}, "012"],
  ["{{range .x}}{{.}}{{end}}", { x: 3 }, undefined],
  ["{{range .x}}{{.}}{{end}}", { x: "abc" }, undefined],
  ["{{with .x}}{{.a}}{{else}}no{{end}}", { x: { a: 1 } }, "1"],
  ["{{with .x}}{{.a}}{{else}}no{{end}}", { x: {} }, "no"],
  ['{{printf "%s-%d %v" "a" 3 .x}}', { x: 1 }, "a-3 1"],
  ['{{print 1 2 "a" "b" 3}}', {}, "1 2ab3"],
  ['{{println "a"}}', {}, "a\n"],
  ["{{index .x 1}}", { x: ["a", "b"] }, "b"],
  ['{{index .x "a"}}', { x: { a: 5 } }, "5"],
  ['{{index .x "zz"}}', { x: { a: 5 } }, "<no value>"],
  ["{{index .x 7}}", { x: [1] }, undefined],
  ["{{slice .x 1 2}}", { x: ["a", "b", "c"] }, "[b]"],
  ['{{slice "abcdef" 1 3}}', {}, "bc"],
  ['{{html "<a>"}} {{js "a\'b"}} {{urlquery "a b&"}}', {}, "&lt;a&gt; a\\'b a+b%26"],
  ['{{and .x "b"}}|{{or "" "c"}}|{{not .x}}', { x: "a" }, "b|c|false"],
  ['{{ "a" | printf "%s%s" "b" }}', {}, "ba"],
  ['  {{- "a" -}}  b', {}, "ab"],
  ["{{/* c */}}x", {}, "x"],
  ['{{define "t"}}[{{.}}]{{end}}{{template "t" .x}}', { x: 1 }, "[1]"],
  ['{{block "b" .x}}<{{.}}>{{end}}', { x: 2 }, "<2>"],
  ["{{$a := 1}}{{if true}}{{$a = 2}}{{end}}{{$a}}", {}, "2"],
  ['{{range .x}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}', { x: ["a", "b", "c"] }, "a"],
  ['{{range .x}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{end}}', { x: ["a", "b", "c"] }, "ac"],
  ["{{.x.y.z}}", { x: { y: { z: "deep" } } }, "deep"],
  ["{{.x.y}}", { x: null }, undefined],
  ["{{.x.y}}", { x: "s" }, undefined],
  ["{{(index .x 0).a}}", { x: [{ a: 1 }] }, "1"],
  ["{{1.5}} {{1e6}} {{0x10}} {{1_000}} {{'a'}} {{-3}}", {}, "1.5 1e+06 16 1000 97 -3"],
  ["{{true}} {{nil}}", {}, undefined],
  ["{{print nil}}", {}, "<nil>"],
  ["{{eq .x .y}}", { x: "a", y: "a" }, "true"],
  ['{{eq .x "a" "b"}}', { x: "b" }, "true"],
  ['{{ne 1 2}}{{lt 1 2}}{{le 2 2}}{{ge 1 2}}{{lt "a" "b"}}', {}, "truetruetruefalsetrue"],
  ["{{lt 1 1.5}}", {}, undefined],
  ["{{eq 1 1.0}}", {}, undefined],
  ["{{eq .x .y}}", { x: [1], y: [1] }, undefined],
  ["{{eq .x nil}}", { x: null }, "true"],
  ["{{if and .x (not .y)}}a{{else if .y}}b{{else}}c{{end}}", { x: false, y: true }, "b"],
  ['{{`raw\\n`}} {{"q\\n"}}', {}, "raw\\n q\n"],
  ["{{.x", {}, undefined],
  ["{{end}}", {}, undefined],
  ["{{foo}}", {}, undefined],
  ['{{.x | len | printf "%03d"}}', { x: "h\u00e9llo" }, "006"],
  ['{{len "h\u00e9llo"}}', {}, "6"],
  ["{{$}}", { a: 1 }, "map[a:1]"],
  ["{{$.a}}", { a: 1 }, "1"],
  ["{{range .x}}{{$.a}}{{.}}{{end}}", { a: 1, x: [1, 2] }, "1112"],
  [
    '{{printf "%q %x %5s|%-5s| %t %v" "a" "b" "c" "d" true .x}}',
    { x: ["a"] },
    '"a" 62     c|d    | true [a]',
  ],
  ["{{.a}} {{.b}}", { a: "x", b: { c: "<&>" } }, "x map[c:<&>]"],
  ["{{with $x := .a}}{{$x}}{{end}}", { a: 1 }, "1"],
  ["{{- /* c */ -}} x", {}, "x"],
  ["{{if .x}}{{end}}", { x: 1 }, ""],
  ["{{.X_1}}", { X_1: 2 }, "2"],
  ['{{index . "a-b"}}', { "a-b": 1 }, "1"],
  ['{{range $i, $c := "ab"}}{{$i}}{{end}}', {}, undefined],
  ["{{call .x}}", { x: 1 }, undefined],
  ["{{with .x}}a{{else with .y}}{{.}}{{end}}", { x: "", y: "q" }, "q"],
  ['{{not 0}}{{not ""}}{{not .x}}', { x: 0 }, "truetruefalse"],
  ['{{ .x }}{{/* a */}}{{"}}"}}', { x: "p" }, "p}}"],
  ["{{range $x := .x}}{{$x}}{{end}}", { x: { b: 1, a: 2 } }, "21"],
  ['{{template "nope"}}', {}, undefined],
  ["{{len 3}}", {}, undefined],
  ['{{index .x 0 "a"}}', { x: [{ a: 9 }] }, "9"],
  ['{{eq 1 "a"}}', {}, undefined],
  ["{{or .x .zz}}", { x: 1 }, "1"],
  ["{{print .x}}", { x: null }, "<nil>"],
  ['{{printf "%v" .x}}', { x: null }, "<nil>"],
  ['{{.x}}{{"\\u00e9"}}', { x: true }, "true\u00e9"],
  ["{{ (len .x) }}", { x: [1] }, "1"],
  ["{{.x.length}}", { x: [1] }, undefined],
  ["{{if eq .x true}}t{{end}}", { x: true }, "t"],
  ["{{1 2}}", {}, undefined],
  ["{{.x 2}}", { x: 1 }, undefined],
  ['{{""|len}}', {}, "0"],
  ['{{print "a" 1 true nil}}', {}, "a1 true <nil>"],
  ['a{{"b"}}c\n{{- "d"}}', {}, "abcd"],
];

const [renderTemplate] = template;

function render(text: string, values: object): unknown {
  try {
    const data = parseJson(JSON.stringify(values)) as Value;
    return renderTemplate?.call([text, data], {} as never);
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}

describe("strings.render_template", () => {
  it.each(cases)("%s of %j", (text, values, rendered) => {
    expect(render(text, values)).toBe(rendered);
  });

  it.each([
    ["nested", "{{if true}}".repeat(100_000)],
    ["else ifs", `{{if true}}${"{{else if true}}".repeat(100_000)}{{end}}`],
    ["parentheses", `{{${"(".repeat(100_000)}`],
    ["calls of itself", '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}'],
    ["many rounds", "{{range 100000}}{{range 100000}}{{range 100000}}x{{end}}{{end}}{{end}}"],
    ["a long text", `{{range 900000}}${"x".repeat(1000)}{{end}}`],
    ["a wide number", '{{printf "%999999999d" 1}}'],
  ])("has bounds: %s", (_what, text) => {
    expect(render(text, {})).toBeUndefined();
  });
});
