// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// `cachefiles extract`: what is cached of a file, as a file.
struct Extract: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Copy what is cached of a file out of its object.",
    discussion: """
      Writes the data of an object to the new file OUTPUT, where it stood in the netfs file; OUTPUT gets that file's \
      length, and holes where nothing is cached. Meant for dirty objects, which may hold writes that the server never \
      got, before 'fsck -y --include-dirty' buries them. The object is not changed.

      \(ExitStatus.table)
      """)

  @Argument(
    help: ArgumentHelp("The object: its path, also as other commands print it, or volume/name.", valueName: "path"),
    completion: .file())
  var path: ByteArgument

  @Argument(help: ArgumentHelp("The file to make; it must not exist.", valueName: "output"), completion: .file())
  var destination: ByteArgument

  @Option(
    help: ArgumentHelp("The cache that a path without a directory before it is in.", valueName: "dir"),
    completion: .directory)
  var dir: ByteArgument?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = Output(output)
    do throws(StoreError) {
      let path = try EntryPath(below: dir).existing(path.bytes)
      UseNote.tell(above: path, output)
      let extraction = try Extraction(
        of: FilePath(bytes: path), to: FilePath(bytes: destination.bytes))
      output.render(ExtractionView(extraction: extraction, destination: destination.bytes), command: "extract")
      output.stream.flush()
    } catch {
      throw Failure(error.description)
    }
  }
}

/// What was extracted.
private struct ExtractionView: Renderable {
  let extraction: Extraction
  let destination: [UInt8]

  func write(to json: inout JSONWriter) {
    if let location = EntryLocation(extraction.object) {
      json.root(location.root)
      json.bytes("entry", location.path)
    }
    json.bytes("object", extraction.object)
    json.bytes("output", destination)
    json.number("file_bytes", extraction.fileBytes)
    json.number("data_bytes", extraction.dataBytes)
    json.number("extents", extraction.extents.count)
    json.bool("dirty", extraction.isDirty)
    if let defect = extraction.recordDefect { json.text("record_defect", defect) }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let share = extraction.fileBytes > 0 ? Double(extraction.dataBytes) / Double(extraction.fileBytes) : 1
    var lines = [
      "\(EscapedBytes.string(destination)): \(Quantity.size(extraction.dataBytes)) in "
        + "\(Quantity.count(extraction.extents.count, "run")), \(Quantity.percent(share)) of a file of "
        + Quantity.size(extraction.fileBytes)
    ]
    if extraction.dataBytes < extraction.fileBytes {
      lines.append(style.warning("  the rest was not cached: it reads as zeros, which are not the file's"))
    }
    if let defect = extraction.recordDefect {
      lines.append(style.warning("  the length is the object's own: \(defect)"))
    }
    return lines
  }
}
