// Policy sets of any size, for benchmarks: N rules, each "allow if the identity is in group Gi and the model
// is Mi and the action is Ai and the labels do not include Li", and one deny rule; with tests if asked.

const GROUPS = 50;
const MODELS = 20;
const LABELS = ["pii.email", "pii.ssn", "pci.card", "phi.mrn", "secret.aws_access_key"];

/** Rego modules of 100 rules each, by file name. */
export function generateModules(count: number): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  for (let start = 0; start < count; start += 100) {
    const rules: string[] = [];
    for (let index = start; index < Math.min(start + 100, count); index += 1)
      rules.push(generateRule(index));
    const name = `rules_${start / 100}`;
    modules.set(`${name}.rego`, `package generated.${name}\n\n${rules.join("\n")}`);
  }
  modules.set(
    "guard.rego",
    `package generated.guard\n\ndeny contains {"code": "blocked", "message": "the model is blocked"} if {\n\tinput.model.id == "blocked"\n}\n`,
  );
  return modules;
}

function generateRule(index: number): string {
  return [
    "allow if {",
    `\t"g${index % GROUPS}" in input.identity.groups`,
    `\tinput.model.id == "${modelOf(index)}"`,
    `\tinput.request.operation == "${operationOf(index)}"`,
    `\tnot "${LABELS[index % LABELS.length]}" in input.labels`,
    "}",
    "",
  ].join("\n");
}

/** A test for each of the first rules: an input that this rule allows. */
export function generateTests(count: number): string {
  const tests = Array.from({ length: count }, (_, index) => {
    const input = {
      identity: { groups: [`g${index % GROUPS}`] },
      model: { id: modelOf(index) },
      request: { operation: operationOf(index) },
      labels: [],
    };
    return `test_rule_${index} if data.generated.rules_${Math.floor(index / 100)}.allow with input as ${JSON.stringify(input)}\n`;
  });
  return `package generated_test\n\n${tests.join("\n")}`;
}

function modelOf(index: number): string {
  return `m${Math.floor(index / GROUPS) % MODELS}-${Math.floor(index / (GROUPS * MODELS))}`;
}

function operationOf(index: number): string {
  return index % 2 === 0 ? "InvokeModel" : "Converse";
}
