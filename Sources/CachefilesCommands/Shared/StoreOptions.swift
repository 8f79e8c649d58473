// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// Which cache directory a command works on.
struct StoreOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The cache directory.", valueName: "dir"), completion: .directory)
  var directory: ByteArgument?

  @Option(
    help: ArgumentHelp("Read the default directory and the limits from this file.", valueName: "file"),
    completion: .file())
  var config: ByteArgument?

  /// The configuration; nil when there is no file and none was asked for.
  func configuration() throws(Failure) -> DaemonConfiguration? {
    let path = config.map { FilePath(bytes: $0.bytes) } ?? DaemonConfiguration.defaultPath
    do throws(StoreError) {
      let configuration = try DaemonConfiguration.read(path)
      if configuration == nil, config != nil {
        throw StoreError(path: path.bytes, operation: "read", error: .noSuchFileOrDirectory)
      }
      return configuration
    } catch {
      throw Failure(error.description)
    }
  }

  /// The limits of the configuration, the kernel's own where there is none. One that the daemon would refuse to start with
  /// is refused: what its limits were to be is not known.
  func limits() throws(Failure) -> CullPercentages {
    guard let configuration = try configuration() else { return CullPercentages() }
    if let defect = configuration.limitDefects.first {
      let path = config.map(\.bytes) ?? DaemonConfiguration.defaultPath.bytes
      throw Failure("\(EscapedBytes.string(path)): \(defect)")
    }
    return configuration.percentages
  }

  /// The path of the cache directory. A configuration that names none says nothing about which cache is meant.
  func path() throws(Failure) -> FilePath {
    if let directory { return FilePath(bytes: directory.bytes) }
    guard let configuration = try configuration() else { return DaemonConfiguration.defaultDirectory }
    if let configured = configuration.directory { return FilePath(bytes: configured) }
    let path = config.map(\.bytes) ?? DaemonConfiguration.defaultPath.bytes
    throw Failure(
      "\(EscapedBytes.string(path)): no 'dir' line in it that a daemon would take; name the cache directory, or see 'cachefiles doctor'"
    )
  }

  /// Whether a directory is the one that this machine is to cache in, so that a kernel must be able to bind it.
  func isCacheOfThisMachine(_ path: FilePath) -> Bool {
    guard let status = try? FileStatus.of(path) else { return false }
    do throws(Failure) {
      return DaemonConfiguration.isCacheDirectory(status, of: try configuration())
    } catch {
      // What cannot be told may well be so.
      return true
    }
  }

  /// Opens the cache directory.
  func open() throws(Failure) -> Store {
    let path = try path()
    do throws(OpeningFailure) {
      return try Store(path: path)
    } catch {
      throw Failure(error.description)
    }
  }
}

extension Store {
  /// Another value of the same open directory.
  func copy() throws(Failure) -> Store {
    do throws(Errno) { return try duplicate() } catch {
      throw Failure("\(EscapedBytes.string(path)): cannot open the directory once more: \(error)")
    }
  }

  /// Sees to it that filters match something: one that matches nothing is a slip of the finger, and what it was to select or
  /// to spare is not known.
  ///
  /// - Parameter option: the one that gave the pattern.
  func requireVolume(
    of types: Set<NetfsType> = [], matching pattern: ByteArgument?, option: String = "--volume",
    server: ServerArgument? = nil
  ) throws(Failure) {
    if types.isEmpty, pattern == nil, server == nil { return }
    do throws(StoreError) {
      if try hasVolume(
        of: types,
        where: { key in
          (pattern.map { VolumeGlob($0.bytes).matches(key) } ?? true) && (server?.matches(key) ?? true)
        })
      {
        return
      }
    } catch {
      throw Failure(error.description)
    }
    let filter = [
      pattern.map { "\(option) \(EscapedBytes.excerpt($0.bytes))" },
      types.isEmpty ? nil : "--netfs \(types.map(\.rawValue).sorted().joined(separator: ","))",
      server.map { "--server \($0)" },
    ]
    let words = filter.compactMap(\.self).joined(separator: " and ")
    let nearest = NearestVolumes.words(to: pattern?.bytes ?? Array((server?.description ?? "").utf8), in: self)
    throw Failure("\(EscapedBytes.string(path)): no volume matches \(words)\(nearest)")
  }
}
