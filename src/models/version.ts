/** Of the models; raised when what one of them means, or asks for, would break a peer that knows it as it was. */
export const modelsVersion = 1
