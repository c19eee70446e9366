package org.privateproving.fulfiller;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.privateproving.sp1.Engine;
import org.privateproving.sp1.EngineException;
import org.privateproving.sp1.EngineInfo;
import org.privateproving.sp1.ExecutionOutcome;
import org.privateproving.sp1.NativeBuffer;
import org.privateproving.sp1.ProgramKey;
import org.privateproving.sp1.Proof;
import org.privateproving.sp1.ProofMode;
import org.privateproving.sp1.Stdin;

/**
 * A real engine that knows what of it is open, fails where the test says, waits where the test
 * says, and on demand yields wrong proofs. Closing it leaves the real one open.
 */
final class CountingEngine implements Engine {
  /** What may fail or wait. */
  enum Call {
    STDIN_BUFFER,
    APPEND,
    SETUP,
    DECODE,
    EXECUTE,
    PROVE,
    VERIFY,
    /** For the proof's digest. */
    READ,
    /** Reading it again, on its way out. */
    SEND
  }

  private final Engine real;
  private final Set<Counted> live = ConcurrentHashMap.newKeySet();
  private final Counted self;
  private int buffers;
  volatile boolean provesWrong;
  private volatile Predicate<Call> fails = _ -> false;
  private volatile Predicate<Call> waits = _ -> false;
  private final CompletableFuture<Void> reached = new CompletableFuture<>();
  private final CompletableFuture<Void> goOn = new CompletableFuture<>();

  CountingEngine(Engine real) {
    this.real = real;
    this.self = new Counted("engine", () -> {});
  }

  /** What is open, by name: engine, buffer, key, stdin, proof. */
  Collection<String> live() {
    return live.stream().map(Counted::toString).sorted().toList();
  }

  void failAt(Call call) {
    fails = call::equals;
  }

  void waitAt(Call call) {
    waits = call::equals;
  }

  /** Done when the call that is to wait or fail was made. */
  CompletableFuture<Void> reached() {
    return reached;
  }

  void goOn() {
    goOn.complete(null);
  }

  private void passes(Call call) {
    if (waits.test(call)) {
      reached.complete(null);
      goOn.join();
    }
    if (fails.test(call)) {
      reached.complete(null);
      throw new IllegalStateException("fails as told: " + call);
    }
  }

  private class Counted implements AutoCloseable {
    private final String name;
    private final Runnable close;

    Counted(String name, Runnable close) {
      this.name = name;
      this.close = close;
      live.add(this);
    }

    @Override
    public void close() {
      live.remove(this);
      close.run();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final class Buffer extends Counted implements NativeBuffer {
    private final NativeBuffer inner;

    Buffer(NativeBuffer inner) {
      super("buffer", inner::close);
      this.inner = inner;
    }

    @Override
    public void append(ByteBuffer bytes) {
      passes(Call.APPEND);
      inner.append(bytes);
    }

    @Override
    public long size() {
      return inner.size();
    }
  }

  private final class Key extends Counted implements ProgramKey {
    private final ProgramKey inner;

    Key(ProgramKey inner) {
      super("key", inner::close);
      this.inner = inner;
    }

    @Override
    public byte[] vkHash() {
      return inner.vkHash();
    }

    @Override
    public byte[] vk() {
      return inner.vk();
    }
  }

  private final class Decoded extends Counted implements Stdin {
    private final Stdin inner;

    Decoded(Stdin inner) {
      super("stdin", inner::close);
      this.inner = inner;
    }

    @Override
    public long size() {
      return inner.size();
    }
  }

  private final class Made extends Counted implements Proof {
    private final Proof inner;
    private final AtomicBoolean wasRead = new AtomicBoolean();

    Made(Proof inner) {
      super("proof", inner::close);
      this.inner = inner;
    }

    @Override
    public long size() {
      return inner.size();
    }

    @Override
    public int read(long offset, ByteBuffer target) {
      passes(wasRead.getAndSet(true) ? Call.SEND : Call.READ);
      return inner.read(offset, target);
    }
  }

  @Override
  public EngineInfo info() {
    return real.info();
  }

  @Override
  public synchronized NativeBuffer newBuffer(long sizeHint) {
    // A job takes the program's first.
    buffers++;
    if (buffers % 2 == 0) {
      passes(Call.STDIN_BUFFER);
    }
    return new Buffer(real.newBuffer(sizeHint));
  }

  @Override
  public ProgramKey setup(NativeBuffer upload, long limit) throws EngineException {
    passes(Call.SETUP);
    return new Key(real.setup(((Buffer) upload).inner, limit));
  }

  @Override
  public Stdin decodeStdin(NativeBuffer upload, long limit) throws EngineException {
    passes(Call.DECODE);
    return new Decoded(real.decodeStdin(((Buffer) upload).inner, limit));
  }

  @Override
  public ExecutionOutcome execute(ProgramKey program, Stdin stdin, long cycleLimit)
      throws EngineException {
    passes(Call.EXECUTE);
    return real.execute(((Key) program).inner, ((Decoded) stdin).inner, cycleLimit);
  }

  @Override
  public Proof prove(ProgramKey program, Stdin stdin, ProofMode mode) throws EngineException {
    passes(Call.PROVE);
    Proof proof = real.prove(((Key) program).inner, ((Decoded) stdin).inner, mode);
    return new Made(provesWrong ? garbled(proof) : proof);
  }

  /** The same proof with other public values. */
  private Proof garbled(Proof proof) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(proof.size()));
    proof.read(0, bytes);
    proof.close();
    // They lie before the length and the text of the version and an empty TEE proof.
    bytes.array()[bytes.capacity() - 1 - 6 - 8 - 1] ^= 1;
    NativeBuffer wrong = real.newBuffer(bytes.capacity());
    wrong.append(bytes.flip());
    return real.proofOf(wrong);
  }

  @Override
  public Proof proofOf(NativeBuffer bytes) {
    return new Made(real.proofOf(((Buffer) bytes).inner));
  }

  @Override
  public void verify(ProgramKey program, Proof proof) throws EngineException {
    passes(Call.VERIFY);
    real.verify(((Key) program).inner, ((Made) proof).inner);
  }

  @Override
  public void close() {
    self.close();
  }
}
