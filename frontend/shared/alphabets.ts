/** The orders in which letters count in labels; a letter may belong to several. The same as in repo/resolution. */
export const alphabets: readonly string[] = [
  "abcdefghijklmnopqrstuvwxyz",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  "абвгдежзиклмнопрстуфхцчшщэюя",
  "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
  "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ",
  "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
  "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ",
  "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
  "αβγδεζηθικλμνξοπρστυφχψω",
];

/** The words of inserted items, in order; every language uses them. */
export const bisWords: readonly string[] = ["bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "decies"];
