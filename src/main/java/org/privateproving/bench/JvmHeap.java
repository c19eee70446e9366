package org.privateproving.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Optional;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The heap of another Java process on this machine. The product's launcher lets nobody look into
 * it, since it holds inputs; a server that a bench starts, with made-up inputs, does.
 */
final class JvmHeap implements AutoCloseable {
  private final JMXConnector connector;
  private final MemoryMXBean memory;

  private JvmHeap(JMXConnector connector, MemoryMXBean memory) {
    this.connector = connector;
    this.memory = memory;
  }

  /**
   * Empty: it lets nobody look. Java knocks by a signal that ends other programs, so this is only
   * for what is known to be a Java process.
   */
  // What answers is a process that this one has started, on this machine.
  @SuppressWarnings("BanJNDI")
  static Optional<JvmHeap> of(long pid) {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        JMXConnector connector =
            JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
        MemoryMXBean memory =
            ManagementFactory.newPlatformMXBeanProxy(
                connector.getMBeanServerConnection(),
                ManagementFactory.MEMORY_MXBEAN_NAME,
                MemoryMXBean.class);
        return Optional.of(new JvmHeap(connector, memory));
      } finally {
        machine.detach();
      }
    } catch (IOException | AttachNotSupportedException e) {
      return Optional.empty();
    }
  }

  /** In bytes, garbage included; 0 once the process is gone. */
  long used() {
    try {
      return memory.getHeapMemoryUsage().getUsed();
    } catch (RuntimeException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException e) {
      // The other side is gone, which is fine.
    }
  }
}
