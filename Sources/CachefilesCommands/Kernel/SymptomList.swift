// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// Names of findings, with commas between.
struct SymptomList: ExpressibleByArgument {
  let symptoms: [SymptomID]

  init?(argument: String) {
    var symptoms: [SymptomID] = []
    for name in argument.split(separator: ",") {
      guard let symptom = SymptomID(rawValue: String(name)) else { return nil }
      symptoms.append(symptom)
    }
    self.symptoms = symptoms
  }

  static var defaultCompletionKind: CompletionKind { CommaCompletion.of(SymptomID.allCases.map(\.rawValue)) }
}
