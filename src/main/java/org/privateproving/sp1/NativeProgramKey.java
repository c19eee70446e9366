package org.privateproving.sp1;

final class NativeProgramKey implements ProgramKey {

  private final NativeEngine engine;
  private final NativeHandle handle;
  private final byte[] vkHash;
  private final byte[] vk;

  NativeProgramKey(NativeEngine engine, NativeHandle handle, byte[] vkHash, byte[] vk) {
    this.engine = engine;
    this.handle = handle;
    this.vkHash = vkHash;
    this.vk = vk;
  }

  NativeEngine engine() {
    return engine;
  }

  NativeHandle handle() {
    return handle;
  }

  @Override
  public byte[] vkHash() {
    return vkHash.clone();
  }

  @Override
  public byte[] vk() {
    return vk.clone();
  }

  @Override
  public void close() {
    handle.close();
  }
}
