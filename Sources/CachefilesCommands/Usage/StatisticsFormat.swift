// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// The forms in which `stats` prints.
enum StatisticsFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, openmetrics, prometheus, csv
}
