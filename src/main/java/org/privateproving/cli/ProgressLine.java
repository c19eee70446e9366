package org.privateproving.cli;

/**
 * Shows whoever watches the terminal what takes long right now. Callable from any thread.
 *
 * <p>A matter is shown from its first {@link #show} until {@link #done}, with the time since that
 * first call, which texts therefore need not hold.
 */
interface ProgressLine {
  /**
   * @param key names the matter: {@code engine}, a request's id
   * @param text what goes on: "engine: starting", "0x12…: proving, 5313 cycles"
   */
  void show(String key, String text);

  /**
   * Ends a matter; one that was never shown is fine.
   *
   * @param text a line that stays; empty: none
   */
  void done(String key, String text);
}
