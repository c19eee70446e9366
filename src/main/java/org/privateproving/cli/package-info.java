/**
 * The commands of {@code private-proving}, what they say to whoever typed them, and the one place
 * where the parts of a node are put together.
 *
 * <p>Comes in: arguments, environment, the settings file. Nobody imports this package.
 */
@NullMarked
package org.privateproving.cli;

import org.jspecify.annotations.NullMarked;
