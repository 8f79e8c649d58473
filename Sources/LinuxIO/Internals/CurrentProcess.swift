import Glibc

/// This process.
public enum CurrentProcess {
  /// Its number: `getpid`.
  public static var identifier: Int { Int(getpid()) }
}
