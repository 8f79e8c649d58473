import CachefilesCommands

/// The program: everything is in `CachefilesCommands`.
@main
enum Main {
  static func main() { runToolkit(.usage) }
}
