import Glibc

/// The three descriptors that every program expects to be open.
public enum StandardStreams {
  /// Fills in those that the caller closed, so that no file which is opened later takes the number of one of them.
  ///
  /// Otherwise a message could be written into an object of a cache. Each is opened the wrong way round: to read from
  /// such an input or to write to such an output fails, as it would on a closed descriptor.
  public static func fillIn() {
    for descriptor: CInt in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }
}
