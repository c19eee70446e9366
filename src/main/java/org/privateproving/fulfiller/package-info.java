/**
 * The fulfiller: owns one proving device, works on one leased request at a time, and keeps proving
 * keys warm. It knows the owner of a lease only as somebody to report to.
 *
 * <p>Comes in: assignments, and the answers to what it reports. Of our own packages it uses {@code
 * sp1} and the words of {@code domain}.
 */
@NullMarked
package org.privateproving.fulfiller;

import org.jspecify.annotations.NullMarked;
