// SPDX-License-Identifier: Apache-2.0
#if THREAD_SANITIZER
  /// A value that one thread at a time reads or changes, during one closure.
  public typealias Guarded<Value: ~Copyable> = PosixMutex<Value>
#else
  public import Synchronization

  /// A value that one thread at a time reads or changes, during one closure.
  public typealias Guarded<Value: ~Copyable> = Mutex<Value>
#endif
