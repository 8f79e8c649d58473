// SPDX-License-Identifier: Apache-2.0

/// The names of the problems. Other programs depend on them: a name never changes its meaning.
package enum ProblemID: String, Sendable, CaseIterable {
  case r01 = "R01", r02 = "R02", r03 = "R03", r04 = "R04", r05 = "R05", r06 = "R06", r07 = "R07", r08 = "R08"
  case r09 = "R09", r10 = "R10", r11 = "R11"
  case v01 = "V01", v02 = "V02", v03 = "V03", v04 = "V04", v05 = "V05", v06 = "V06", v07 = "V07", v08 = "V08"
  case v09 = "V09", v10 = "V10", v11 = "V11", v12 = "V12"
  case f01 = "F01", f02 = "F02", f03 = "F03"
  case o01 = "O01", o02 = "O02", o03 = "O03", o04 = "O04", o05 = "O05", o06 = "O06", o07 = "O07", o08 = "O08"
  case o09 = "O09", o10 = "O10", o11 = "O11", o12 = "O12", o13 = "O13", o14 = "O14", o15 = "O15", o16 = "O16"
  case o17 = "O17", o18 = "O18", o19 = "O19", o20 = "O20", o21 = "O21", o22 = "O22", o23 = "O23", o24 = "O24"
  case o25 = "O25", o26 = "O26", o27 = "O27"
  case g01 = "G01", g02 = "G02", g03 = "G03"
  case l01 = "L01", l02 = "L02"

  /// Its place among all cases.
  package var index: Int { Self.indices[self] ?? 0 }
  private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
