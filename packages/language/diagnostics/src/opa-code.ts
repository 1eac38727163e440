// What OPA calls the kind of error that a diagnostic is.

import type { DiagnosticCode } from "./catalog.ts";

const BY_CODE: { readonly [C in DiagnosticCode]?: string } = {
  E0202: "rego_type_error",
  E0204: "rego_unsafe_var_error",
  E0205: "rego_recursion_error",
  E0206: "rego_type_error",
  E0207: "rego_type_error",
  E0211: "rego_type_error",
  E0212: "rego_type_error",
  E0214: "rego_parse_error",
  E0219: "rego_type_error",
  E0301: "rego_type_error",
  E0302: "rego_type_error",
};

/** The code of OPA's errors that says this; text is `rego_parse_error`, what is left `rego_compile_error`. */
export function opaCode(code: DiagnosticCode): string {
  return BY_CODE[code] ?? (code.startsWith("E01") ? "rego_parse_error" : "rego_compile_error");
}
