// What a time zone is called at a moment, as the tz database has it: CET, IST, or -03 where it has no letters.
// The platform knows zones and when their offsets change, but calls few by these names: their long ones are
// translated. Of times before 1970, and of some before 2000, the database has others.

/** By the long name in English. */
const ABBREVIATIONS: { readonly [long: string]: string } = {
  "Alaska Daylight Time": "AKDT",
  "Alaska Standard Time": "AKST",
  "American Samoa Standard Time": "SST",
  "Atlantic Daylight Time": "ADT",
  "Atlantic Standard Time": "AST",
  "Australian Central Daylight Time": "ACDT",
  "Australian Central Standard Time": "ACST",
  "Australian Eastern Daylight Time": "AEDT",
  "Australian Eastern Standard Time": "AEST",
  "Australian Western Daylight Time": "AWDT",
  "Australian Western Standard Time": "AWST",
  "British Summer Time": "BST",
  "Central Africa Time": "CAT",
  "Central Daylight Time": "CDT",
  "Central European Standard Time": "CET",
  "Central European Summer Time": "CEST",
  "Central Indonesia Time": "WITA",
  "Central Standard Time": "CST",
  "Chamorro Standard Time": "ChST",
  "China Daylight Time": "CDT",
  "China Standard Time": "CST",
  "Cuba Daylight Time": "CDT",
  "Cuba Standard Time": "CST",
  "East Africa Time": "EAT",
  "Eastern Daylight Time": "EDT",
  "Eastern European Standard Time": "EET",
  "Eastern European Summer Time": "EEST",
  "Eastern Indonesia Time": "WIT",
  "Eastern Standard Time": "EST",
  "Greenwich Mean Time": "GMT",
  "Hawaii-Aleutian Daylight Time": "HDT",
  "Hawaii-Aleutian Standard Time": "HST",
  "Hong Kong Standard Time": "HKT",
  "Hong Kong Summer Time": "HKST",
  "India Standard Time": "IST",
  "Irish Standard Time": "IST",
  "Israel Daylight Time": "IDT",
  "Israel Standard Time": "IST",
  "Japan Standard Time": "JST",
  "Korean Standard Time": "KST",
  "Macao Standard Time": "CST",
  "Macao Summer Time": "CDT",
  "Mexican Pacific Daylight Time": "MDT",
  "Mexican Pacific Standard Time": "MST",
  "Moscow Standard Time": "MSK",
  "Moscow Summer Time": "MSD",
  "Mountain Daylight Time": "MDT",
  "Mountain Standard Time": "MST",
  "New Zealand Daylight Time": "NZDT",
  "New Zealand Standard Time": "NZST",
  "Newfoundland Daylight Time": "NDT",
  "Newfoundland Standard Time": "NST",
  "Pacific Daylight Time": "PDT",
  "Pacific Standard Time": "PST",
  "Pakistan Standard Time": "PKT",
  "Philippine Standard Time": "PST",
  "Philippine Summer Time": "PDT",
  "South Africa Standard Time": "SAST",
  "Taiwan Daylight Time": "CDT",
  "Taiwan Standard Time": "CST",
  "Volgograd Standard Time": "MSK",
  "Volgograd Summer Time": "MSD",
  "West Africa Time": "WAT",
  "Western European Standard Time": "WET",
  "Western European Summer Time": "WEST",
  "Western Indonesia Time": "WIB",
  "Yukon Time": "MST",
};

/** Named after their neighbours in English, and not in the database. */
const OTHERS: { readonly [zone: string]: { readonly [abbreviation: string]: string } } = {
  "Africa/Casablanca": { WET: "", WEST: "" },
  "Africa/El_Aaiun": { WET: "", WEST: "" },
  "Antarctica/Casey": { AWST: "" },
  "Antarctica/Troll": { GMT: "" },
  "Asia/Colombo": { IST: "" },
  "Europe/Guernsey": { "+01": "BST" },
  "Europe/Isle_of_Man": { "+01": "BST" },
  "Europe/Jersey": { "+01": "BST" },
  "Europe/Minsk": { MSK: "" },
  MET: { CET: "MET", CEST: "MEST" },
};

const GREENWICH = /^(?:Etc\/)?(?:GMT[+-]?0?|Greenwich)$/;

/** `long`: what the platform calls the zone; `offset` in seconds east of UTC. */
export function zoneAbbreviation(zone: string, long: string, offset: number): string {
  if (GREENWICH.test(zone)) return "GMT";
  if (long === "Coordinated Universal Time") return "UTC";
  const known = ABBREVIATIONS[long] ?? numeric(offset);
  return (OTHERS[zone]?.[known] ?? known) || numeric(offset);
}

/** `+0530`, `-03`. */
function numeric(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${offset < 0 ? "-" : "+"}${hours}${rest === "00" ? "" : rest}`;
}

/** Names that the platform knows and the database does not: of old programs, and offsets. */
const ELSEWHERE: ReadonlySet<string> = new Set(
  "ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST".split(
    " ",
  ),
);

/** Whether the database may have a zone of this name; in it letters are not of either case. */
export function isZoneName(zone: string): boolean {
  return !ELSEWHERE.has(zone) && zone.split("/").every((part) => /^[A-Z]/.test(part));
}
