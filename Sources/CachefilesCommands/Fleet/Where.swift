// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import LinuxIO
import SystemPackage

/// `cachefiles where`: which nodes have this data set?
struct Where: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "where",
    abstract: "Ask the manifests of a fleet which nodes have a data set, and how much of it.",
    discussion: """
      PATH is a file or directory as it is on the nodes; it need not exist here. The data set is what any node has \
      cached below it, and a node's share is what it has of that in the newest version that any node has.

      --fleet names a directory with Parquet files below it, or a database with the tables and views of \
      Docs/Fleet.md. They are asked through the engine's own client: 'duckdb', or Python's module of that name; \
      'psql' for postgresql://; 'clickhouse-client' for clickhouse://. Without it the variable CACHEFILES_FLEET is \
      taken, else the directory 'fleet' beside the pins.

      --label prints lines for a scheduler: features of Slurm's nodes as in slurm.conf, labels for 'xargs -L1 kubectl \
      label --overwrite node', properties as in Flux' resource.config. A Kubernetes label has the share in percent as \
      its value; for the others there is a feature for each of 25, 50, 75 and 99 percent that a node has reached.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @Argument(help: ArgumentHelp("Files or directories.", valueName: "path"), completion: .directory)
  var paths: [ByteArgument]

  @Option(
    help: ArgumentHelp("A directory of Parquet files, or the address of a database.", valueName: "dir|url"),
    completion: .directory)
  var fleet: ByteArgument?

  @Option(help: ArgumentHelp("Print lines for slurm, kubernetes or flux.", valueName: "scheduler"))
  var label: DataSetLabel?

  @Option(help: ArgumentHelp("Leave out nodes with a smaller share.", valueName: "percent"))
  var atLeast: ShareArgument?

  @OptionGroup var form: OutputOptions

  func validate() throws {
    if paths.isEmpty { throw ValidationError("a path is missing") }
    if paths.contains(where: \.bytes.isEmpty) { throw ValidationError("a path is empty") }
    if let fleet, fleet.bytes.isEmpty { throw ValidationError("--fleet takes a directory or an address; it is empty") }
    if label != nil, form.format != .text { throw ValidationError("--label prints lines of its own; leave out --json") }
  }

  func run() throws {
    let output = Output(form)
    let engine = try FleetEngine(source())
    var views: [WhereView] = []
    for path in paths {
      let path = try PinMaker.absolute(path.bytes)
      let nodes = try engine.nodes(of: FleetQuestion.parameter(path))
      views.append(WhereView(path: path, known: nodes, atLeast: atLeast?.share ?? 0))
    }
    if let label {
      let sets = views.map { (path: $0.path, nodes: $0.nodes.filter { DataSetLabel.canName($0.host) }) }
      for line in label.lines(sets) { output.stream.line(line) }
      for (view, set) in zip(views, sets) where set.nodes.count < view.nodes.count {
        let count = Quantity.count(view.nodes.count - set.nodes.count, "node")
        output.note("cachefiles: \(EscapedBytes.string(view.path)): \(count) left out: no names of hosts")
      }
    } else {
      output.render(views, command: "where", key: "data_sets")
    }
    output.stream.flush()
  }

  private func source() throws(Failure) -> [UInt8] {
    if let fleet { return fleet.bytes }
    if let variable = Environment.value("CACHEFILES_FLEET") { return Array(variable.utf8) }
    return try StateDirectory.path(orElse: "--fleet names the manifests").appending("fleet").bytes
  }
}
